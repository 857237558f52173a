/** The line seen in its place on the page: its own picture at once, the page behind it when it has come. */

const SVG = "http://www.w3.org/2000/svg";
const ZOOMS = [1, 1.6, 2.4];
const READABLE = 44; // CSS px, the least height of a line
const ENOUGH = 108; // CSS px, the most
const SHARP = 2; // CSS px for one pixel of the page, the most
const LETTERS = 2.6; // letters of a line for each line height of its length, roughly

function draw(name, attributes = {}) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** Where a window of `size` around `middle` begins, kept on the page where the page is large enough. */
function within(middle, size, page) {
  return size > page ? (page - size) / 2 : Math.max(0, Math.min(middle - size / 2, page - size));
}

/** Where the line's own picture lies on the page: around the region with the same margin on all sides, cut off at the
 * page's edges, and made smaller where the line is very long. */
function placed({ image, page }) {
  const [x, y, w, h] = page.region;
  const scale = image.width >= w || image.width === image.height ? 1 : (w - h) / (image.width - image.height);
  const [width, height] = [image.width * scale, image.height * scale];
  const margin = Math.max(0, width - w, height - h) / 2;
  return { left: Math.max(0, x - margin), top: Math.max(0, y - margin), width, height };
}

/** How many letters a line has, roughly. */
export function lettersOf({ suggestion, page }) {
  const [, , w, h] = page.region;
  return suggestion?.length || Math.max(4, (LETTERS * w) / h);
}

function brackets([x, y, w, h]) {
  const [arm, gap] = [h * 0.25, h * 0.12];
  const [left, right, top, tall] = [x - gap, x + w + gap, y - gap, h + 2 * gap];
  return `M${left + arm} ${top}H${left}v${tall}H${left + arm}M${right - arm} ${top}H${right}v${tall}H${right - arm}`;
}

export class Scan {
  constructor(box, words) {
    this.box = box;
    this.words = words;
    this.pages = new Map(); // pictures of pages, by address
    this.zoomed = 0;
    this.strip = document.createElement("div");
    this.strip.className = "strip";
    this.behind = draw("svg", { "aria-hidden": "true" });
    this.page = draw("image");
    this.veil = draw("path", { class: "veil", "fill-rule": "evenodd" });
    this.behind.append(this.page);
    this.before = draw("svg", { "aria-hidden": "true" });
    this.marks = draw("path", { class: "at" });
    this.before.append(this.veil, this.marks);
    this.picture = new Image();
    this.strip.append(this.behind, this.picture, this.before);
    this.whole = draw("svg", { role: "img", "aria-label": words.page, class: "whole" });
    this.whole.append(draw("image"), draw("path", { class: "at" }));
    new ResizeObserver(() => this.task && this.lay()).observe(box);
  }

  /** Show a task; `picture` is its image, decoded beforehand where there was time. */
  show(task, picture) {
    this.task = task;
    this.shift = 0; // what the reader's own hand adds to the following, CSS px
    picture.alt = this.words.line;
    picture.className = "crop";
    this.picture.replaceWith(picture);
    this.picture = picture;
    this.open(false);
    this.lay();
    this.follow(0, true);
    this.fetchPage();
  }

  async fetchPage() {
    const { page } = this.task;
    const known = this.pages.get(page.url);
    this.page.toggleAttribute("hidden", !known);
    if (!known) {
      const image = new Image();
      image.src = page.url;
      await this.picture.decode().catch(() => {}); // the line first
      await image.decode().catch(() => {});
      this.pages = new Map([...this.pages, [page.url, image]].slice(-3));
    }
    if (this.task.page.url !== page.url) return;
    this.page.setAttribute("href", page.url);
    this.page.removeAttribute("hidden");
  }

  lay() {
    const [x, y, w, h] = this.task.page.region;
    const room = this.box.clientWidth;
    const tall = parseFloat(getComputedStyle(this.box).getPropertyValue("--tall"));
    const most = w / h < 5 ? 0.8 * tall : Math.min(ENOUGH, 0.7 * tall); // what is not long may have several lines
    const margin = 0.7 * h;
    const fit = Math.min(room / (w + 2 * margin), SHARP, most / h);
    const scale = Math.max(fit, Math.min(READABLE / h, SHARP)) * ZOOMS[this.zoomed];
    const width = Math.max(w + 2 * margin, room / scale);
    const height = Math.max(1.25 * h, tall / scale);
    const left = Math.min(within(x + w / 2, width, this.task.page.width), x - margin / 2);
    const top = within(y + h / 2, height, this.task.page.height);
    this.view = { left, top, width, height, scale };
    this.paint();
  }

  paint() {
    const { left, top, width, height, scale } = this.view;
    const { page } = this.task;
    const [x, y, w, h] = page.region;
    const crop = placed(this.task);
    const share = (part, of) => `${(100 * part) / of}%`;
    Object.assign(this.strip.style, { width: `${width * scale}px`, height: `${height * scale}px` });
    Object.assign(this.picture.style, {
      left: share(crop.left - left, width),
      top: share(crop.top - top, height),
      width: share(crop.width, width),
      height: share(crop.height, height),
    });
    for (const layer of [this.behind, this.before]) layer.setAttribute("viewBox", `${left} ${top} ${width} ${height}`);
    for (const image of [this.page, this.whole.firstChild]) {
      image.setAttribute("width", page.width);
      image.setAttribute("height", page.height);
    }
    const [air, tall] = [0.12 * h, 1.24 * h];
    this.veil.setAttribute("d", `M${left} ${top}h${width}v${height}h${-width}zM${x - air} ${y - air}h${w + 2 * air}v${tall}h${-w - 2 * air}z`);
    this.marks.setAttribute("d", brackets(page.region));
    const scrolls = width * scale > this.box.clientWidth + 1;
    this.box.toggleAttribute("data-long", scrolls);
    if (scrolls) this.box.tabIndex = 0; // what scrolls must be reachable by keyboard
    else this.box.removeAttribute("tabindex");
    return scrolls;
  }

  /** Move with the typing: `typed` letters stand in the field. */
  follow(typed, atOnce = false) {
    const [x, , w, h] = this.task.page.region;
    const letters = lettersOf(this.task);
    const { left, scale } = this.view;
    const written = (x - left + w * Math.min(1, typed / letters)) * scale;
    const start = typed ? written - this.box.clientWidth / 2 : (x - left - 0.3 * h) * scale;
    this.box.scrollTo({ left: start + this.shift, behavior: atOnce ? "instant" : "auto" });
  }

  /** Move by hand, -1 or 1; the following goes on from there. */
  pan(direction) {
    const step = 0.6 * this.box.clientWidth * direction;
    const before = this.box.scrollLeft;
    this.box.scrollTo({ left: before + step, behavior: "auto" });
    this.shift += this.box.scrollLeft - before;
  }

  zoom() {
    this.zoomed = (this.zoomed + 1) % ZOOMS.length;
    this.lay();
  }

  /** Show the whole page or the line; tells which. */
  open(whole = !this.box.contains(this.whole)) {
    const { page } = this.task;
    if (whole) {
      this.whole.setAttribute("viewBox", `0 0 ${page.width} ${page.height}`);
      this.whole.firstChild.setAttribute("href", page.url);
      this.whole.lastChild.setAttribute("d", brackets(page.region));
    }
    this.box.replaceChildren(whole ? this.whole : this.strip);
    return whole;
  }
}
