/** The bridge: each answer is a plank, what others confirm is stone, and Blot carries its card across. */

import { Blot } from "./blot.js";
import { comeFrom, glide, move } from "./moving.js";
import { fate, reading } from "./round.js";

const LAID = 260; // ms until a plank lies
const WALK = 900; // ms until Blot stands on it
const STONE = 700; // ms until it is stone
const SWELL = 2200; // ms until the water is calm again
const DOOR = 650; // ms until the door is open
const BANK = 9.4; // em of each bank that are to be seen
const BEHIND = 1.1; // em from Blot to the end of the last plank
const ASHORE = 2.5; // em from Blot to the water, on either bank
const EYE = 0.42; // of the window's width: where Blot is kept
const PLANK = 5; // em, roughly

const ARCH = "M0 0H100V100H94C94 52 76 36 50 36S6 52 6 100H0Z"; // stretched over the plank's width

function element(name, className, ...children) {
  const made = Object.assign(document.createElement(name), { className });
  made.append(...children);
  return made;
}

function arch() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 100 100");
  svg.setAttribute("preserveAspectRatio", "none");
  path.setAttribute("d", ARCH);
  svg.append(path);
  return svg;
}

/** What stands on a plank: the word, or a sign where there is none. */
function inscription(answer) {
  const { value, task } = answer;
  if (value.matches === false) return element("s", "", task.suggestion);
  return reading(answer) || (value.blank ? "–" : "?");
}

function plankOf(answer) {
  const name = () => element("span", "inscribed", inscription(answer));
  const within = element("div", "within", arch(), name());
  const plank = element("div", "plank", name(), element("div", "fill", within));
  plank.dataset.key = answer.key;
  plank.classList.toggle("stone", fate(answer) === "confirmed");
  return plank;
}

export class Bridge {
  constructor(scene) {
    this.scene = scene;
    [this.world, this.far, this.deck, this.ahead] = ["#world", "#far", "#deck", "#ahead"].map((id) => scene.querySelector(id));
    this.waves = [...scene.querySelectorAll(".water")];
    this.blot = new Blot(scene.querySelector("#blot"));
    this.round = null;
    this.across = false;
    const again = () => this.round && this.draw(this.round);
    new ResizeObserver(again).observe(scene);
    document.fonts.ready.then(again); // letters of another width
  }

  get planks() {
    return [...this.deck.querySelectorAll(".plank")];
  }

  /** Draw a round as it stands, without movement. */
  draw(round, across = this.across) {
    this.round = round;
    this.across = across;
    for (const plank of this.planks) plank.remove();
    this.ahead.before(...round.answers.map(plankOf));
    this.leave(round);
    this.scene.classList.toggle("open", across);
    this.scene.classList.add("drawn");
    const { camera, length, stand } = this.measure();
    glide(this.world, camera);
    glide(this.far, length);
    this.blot.stand(stand);
  }

  /** Lay the plank of the newest answer; Blot goes there by itself. */
  lay(round) {
    if (this.across || !this.round || round.answers.length !== this.planks.length + 1) return this.draw(round, false);
    this.round = round;
    const plank = plankOf(round.answers.at(-1));
    const slot = this.ahead.firstElementChild?.offsetWidth ?? 0;
    this.ahead.before(plank);
    this.leave(round);
    const grown = plank.offsetWidth - slot;
    comeFrom(this.ahead, -grown, LAID);
    move(plank, this.falling(), { duration: WALK, easing: "linear" });
    this.go();
  }

  /** A plank comes down, lies, and gives way a little when Blot steps on it. */
  falling() {
    return [
      { transform: "translateY(-2.2em) rotate(-5deg)", opacity: 0, easing: "cubic-bezier(.3, .1, .6, 1)" },
      { transform: "translateY(0) rotate(0)", opacity: 1, offset: LAID / WALK, easing: "ease-out" },
      { transform: "translateY(.14em)", offset: 0.36, easing: "ease-in-out" },
      { transform: "none", offset: 0.45 },
      { transform: "none", offset: 0.62, easing: "ease-in-out" },
      { transform: "translateY(.1em)", offset: 0.8, easing: "ease-in-out" },
      { transform: "none" },
    ];
  }

  /** A plank is taken up again. */
  lift(round) {
    if (this.across || Math.abs(round.answers.length - this.planks.length) !== 1) return this.draw(round, false);
    this.round = round;
    const kept = round.answers.map(({ key }) => key);
    for (const plank of this.planks) if (!kept.includes(plank.dataset.key)) plank.remove();
    this.leave(round);
    this.go();
  }

  /** Show what became of an answer: stone rises out of the water, and the wood goes when it is there. */
  async turn(answer) {
    const plank = this.planks.find(({ dataset }) => dataset.key === answer.key);
    const stone = fate(answer) === "confirmed";
    if (!plank || plank.classList.contains("stone") === stone) return;
    plank.classList.toggle("stone", stone);
    if (!stone) return;
    const timing = { duration: STONE, easing: "cubic-bezier(.4, 0, .3, 1)" };
    const fill = plank.querySelector(".fill");
    plank.classList.add("turning");
    move(fill.firstChild, { transform: ["translateY(-100%)", "none"] }, timing); // the letters stand still meanwhile
    await move(fill, { transform: ["translateY(100%)", "none"] }, timing);
    plank.classList.remove("turning");
  }

  /** The round is over: what is not laid is not needed, the door opens and Blot goes there. */
  async cross(round) {
    this.round = round;
    this.across = true;
    this.leave(round);
    const arrived = this.go();
    this.scene.classList.add("open");
    await Promise.all([arrived, move(this.scene, {}, { duration: DOOR })]);
  }

  look(down) {
    this.scene.classList.toggle("reading", down);
  }

  /** Leave so many places open as planks are wanted. */
  leave({ size, answers }) {
    const open = Array.from({ length: Math.max(0, size - answers.length) }, () => element("div", "place"));
    this.ahead.replaceChildren(...open);
  }

  go() {
    const { camera, length, stand, plank, em } = this.measure();
    glide(this.world, camera, WALK, "cubic-bezier(.4, 0, .2, 1)");
    glide(this.far, length, LAID);
    this.swell(0.12 * em);
    return this.blot.walk(stand, plank);
  }

  /** The water moves with what happens above it, and is calm between: a page that rests costs no battery. */
  swell(height) {
    this.waves.forEach((wave, low) => {
      const far = low ? -4 * height : 6 * height;
      const frames = ["none", `translate(${far}px, ${height}px)`, `translate(${-far / 2}px, ${-height}px)`, "none"];
      move(wave, { transform: frames }, { duration: SWELL, easing: "ease-in-out" });
    });
  }

  /** Where things belong, px from the near bank's edge: the only reading of the layout, once for each plank. */
  measure() {
    const em = parseFloat(getComputedStyle(this.scene).fontSize);
    const [room, length, laid] = [this.scene.clientWidth, this.deck.offsetWidth, this.ahead.offsetLeft];
    const stand = this.across ? length + ASHORE * em : laid ? laid - BEHIND * em : -ASHORE * em;
    const [left, right] = [-BANK * em, length + BANK * em];
    const middle = (room - left - right) / 2;
    const following = Math.max(room - right, Math.min(-left, room * EYE - stand));
    return { camera: right - left <= room ? middle : following, length, stand, plank: PLANK * em, em };
  }
}
