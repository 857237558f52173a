/** What the page says: seen in the toast, heard by screen readers. */

import { showLesson } from "./lesson.js";

const $ = (id) => document.getElementById(id);

/** Say something aloud only. */
export function announce(text) {
  $("news").textContent = "";
  setTimeout(() => ($("news").textContent = text), 60); // the same words twice are read out twice
}

/** `lesson`: what a known line says, where the answer was another. */
export function say(text, { undo = false, lesson = null } = {}) {
  $("toast").hidden = !text;
  $("said").textContent = text;
  $("undo").hidden = !undo;
  showLesson(lesson);
  announce(lesson?.aloud ?? text);
}
