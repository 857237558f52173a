/** What the page says: seen in the toast, heard by screen readers. */

const $ = (id) => document.getElementById(id);

/** Say something aloud only. */
export function announce(text) {
  $("news").textContent = "";
  setTimeout(() => ($("news").textContent = text), 60); // the same words twice are read out twice
}

export function say(text, { undo = false } = {}) {
  $("toast").hidden = !text;
  $("said").textContent = text;
  $("undo").hidden = !undo;
  announce(text);
}
