/** Things move by transforms alone, so that nothing is laid out anew while they do; whoever wants stillness has it. */

const stillness = matchMedia("(prefers-reduced-motion: reduce)");
const LAY = "cubic-bezier(.2, .7, .2, 1)";
const places = new WeakMap(); // px to the right of where an element would lie

/** Animate unless stillness is wanted; resolves when it has ended, also when another movement took its place. */
export async function move(element, frames, timing) {
  if (!stillness.matches) await element.animate(frames, timing).finished.catch(() => {});
}

function placeOf(element) {
  if (!element.getAnimations().length) return places.get(element) ?? 0;
  return new DOMMatrixReadOnly(getComputedStyle(element).transform).m41;
}

/** Put an element at `x`; from wherever it is now, if `duration` says so. */
export async function glide(element, x, duration = 0, easing = LAY) {
  const from = placeOf(element);
  for (const running of element.getAnimations()) running.cancel();
  places.set(element, x);
  element.style.transform = `translateX(${x}px)`;
  if (!duration || Math.abs(from - x) < 1) return;
  await move(element, { transform: [`translateX(${from}px)`, `translateX(${x}px)`] }, { duration, easing });
}

/** Let an element come back from `dx` beside its place. */
export function comeFrom(element, dx, duration) {
  return move(element, { transform: [`translateX(${dx}px)`, "none"] }, { duration, easing: LAY });
}
