/** Blot, an ink drop with an index card on its back: it walks, waits and breathes. */

import { glide, move } from "./moving.js";

const WALK = 900; // ms for one plank
const LONGEST = 1500; // ms for any way
const STEP = 150; // ms
const STRIDE = 26; // degrees
const PACE = "cubic-bezier(.45, .1, .4, 1)";

export class Blot {
  constructor(box) {
    this.box = box;
    this.x = 0;
    [this.facing, this.body, this.back, this.front, this.card] = [".facing", ".bob", ".back", ".front", ".card"].map((part) =>
      box.querySelector(part),
    );
  }

  stand(x) {
    this.x = x;
    this.facing.classList.remove("turned");
    glide(this.box, x);
  }

  /** Walk to `x`; `plank` is how long a usual plank is, in the same px. */
  async walk(x, plank) {
    const way = x - this.x;
    this.x = x;
    if (Math.abs(way) < 1) return;
    this.facing.classList.toggle("turned", way < 0);
    const duration = Math.min(LONGEST, WALK * Math.max(1, Math.abs(way) / plank / 1.6));
    this.tread(Math.round(duration / STEP));
    await glide(this.box, x, duration, PACE);
    if (this.x !== x) return; // already on the way to the next plank
    this.facing.classList.remove("turned");
    move(this.body, { transform: ["scale(1.07, .92)", "scale(.98, 1.02)", "none"] }, { duration: 260, easing: "ease-out" });
  }

  tread(iterations) {
    const swing = (from, to) => ({ transform: [`rotate(${from}deg)`, `rotate(${to}deg)`] });
    const timing = { duration: STEP, iterations, direction: "alternate", easing: "ease-in-out" };
    for (const part of [this.back, this.front, this.body, this.card]) {
      for (const running of part.getAnimations()) running.cancel();
    }
    move(this.back, swing(-STRIDE, STRIDE), timing);
    move(this.front, swing(STRIDE, -STRIDE), timing);
    move(this.card, swing(-3, 4), timing);
    const hop = ["rotate(3deg)", "translateY(-.17em) rotate(4deg)", "rotate(3deg)"];
    move(this.body, { transform: hop }, { duration: STEP, iterations, easing: "ease-in-out" });
  }
}
