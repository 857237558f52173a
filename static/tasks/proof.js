/** The lines of a round, shown where they stand on their page; the words can be put in their place. */

const SVG = "http://www.w3.org/2000/svg";
const SHOWN_OF_PAGE = 0.62; // width of the window at least, as a share of the page
const SHAPE = 0.72; // height by width, at least
const AIR = 0.8; // heights of a line around what is shown
const LETTER = 0.58; // width of a letter by its height, roughly
const SIZE = 0.66; // height of a letter by that of its line

function draw(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** The answers of the page on which most of them lie. */
export function fullestPage(answers) {
  const pages = new Map();
  for (const answer of answers) {
    const { url } = answer.task.page;
    pages.set(url, [...(pages.get(url) ?? []), answer]);
  }
  return [...pages.values()].reduce((most, page) => (page.length > most.length ? page : most), []);
}

function windowAround(answers) {
  const { page } = answers[0].task;
  const regions = answers.map(({ task }) => task.page.region);
  const air = AIR * Math.max(...regions.map(([, , , h]) => h));
  const left = Math.min(...regions.map(([x]) => x)) - air;
  const top = Math.min(...regions.map(([, y]) => y)) - air;
  const right = Math.max(...regions.map(([x, , w]) => x + w)) + air;
  const bottom = Math.max(...regions.map(([, y, , h]) => y + h)) + air;
  const width = Math.min(page.width, Math.max(right - left, SHOWN_OF_PAGE * page.width));
  const height = Math.min(page.height, Math.max(bottom - top, SHAPE * width));
  const start = (middle, size, all) => Math.round(Math.max(0, Math.min(middle - size / 2, all - size)));
  return [start((left + right) / 2, width, page.width), start((top + bottom) / 2, height, page.height), Math.round(width), Math.round(height)];
}

/** A slip with the word, laid over its line. */
function slip({ task }, text, language) {
  const [x, y, w, h] = task.page.region;
  const size = Math.min(SIZE * h, w / (LETTER * text.length));
  const word = draw("text", { x: x + 0.12 * h, y: y + h / 2 + 0.33 * size, "font-size": size, lang: language }, text);
  return draw("g", { class: "slip" }, draw("rect", { x, y, width: w, height: h, rx: 0.08 * h }), word);
}

/** An SVG of the page with the answers' lines tinted; `textOf` says what goes onto the slips. */
export function proofOf(answers, textOf, { label, language }) {
  const { page } = answers[0].task;
  const marks = answers.map(({ task }) => {
    const [x, y, width, height] = task.page.region;
    return draw("rect", { class: "ok", x, y, width, height, rx: 0.1 * height });
  });
  const slips = answers.filter(textOf).map((answer) => slip(answer, textOf(answer), language));
  const image = draw("image", { href: page.url, width: page.width, height: page.height });
  return draw("svg", { viewBox: windowAround(answers).join(" "), role: "img", "aria-label": label }, image, ...marks, ...slips);
}
