/** The line shown, its question, and what is typed or pressed for an answer. */

import { Scan } from "./scan.js";

const $ = (id) => document.getElementById(id);
const pictures = new Map(); // fetched and decoded before they are needed

export const forms = { transcribe: $("transcribe"), verify: $("verify"), choose: $("choose") };
export const scan = new Scan($("scan"), $("words").dataset);

export function fetchPicture(task) {
  if (pictures.has(task.id)) return;
  const image = new Image(task.image.width, task.image.height);
  image.src = task.image.url;
  image.decode().catch(() => {}); // one that fails shows its alternative text
  pictures.set(task.id, image);
}

export function complain(text) {
  $("wrong").hidden = !text;
  $("wrong").textContent = text;
  if (text) $("say").setAttribute("aria-invalid", "true");
  else $("say").removeAttribute("aria-invalid");
}

export function showLine(task, text) {
  const { activeElement } = document;
  for (const [kind, form] of Object.entries(forms)) {
    form.hidden = kind !== task.kind;
    form.querySelector(".prompt").textContent = task.prompt;
  }
  fetchPicture(task);
  scan.show(task, pictures.get(task.id));
  pictures.delete(task.id);
  $("scan").scrollIntoView({ block: "nearest" });
  $("whole").setAttribute("aria-pressed", "false");
  $("claim").textContent = task.suggestion ?? "";
  $("machine").hidden = !task.suggestion;
  $("machine").lastElementChild.textContent = task.suggestion ?? "";
  $("how").textContent = task.hint || $("how").dataset.otherwise;
  $("say").value = text;
  complain("");
  const chooses = task.kind === "choose";
  if (chooses) offer(task);
  if (task.kind === "transcribe") $("say").focus({ preventScroll: true });
  else if (chooses || !forms.verify.contains(activeElement)) heading().focus({ preventScroll: true });
}

/** What asks the question that is shown; where something is typed, its field. */
export function heading() {
  const shown = Object.values(forms).find((form) => !form.hidden);
  return shown === forms.transcribe ? $("say") : shown.querySelector(".prompt");
}

/** Lay the readings out, with marks where they differ. */
function offer({ choices, hint }) {
  forms.choose.querySelector(".offers").replaceChildren(...choices.map(buttonOf));
  $("compare").textContent = hint;
}

function buttonOf({ id, text, parts }, place) {
  const button = Object.assign(document.createElement("button"), { className: "btn offer", name: "choice", value: id });
  const said = document.createElement("span");
  if (parts) {
    button.ariaLabel = text;
    Object.assign(said, { className: "written", dir: "auto" });
    button.lang = said.lang = $("say").lang;
    said.append(...parts.map(partOf));
  } else said.textContent = text;
  const key = Object.assign(document.createElement("kbd"), { textContent: parts ? place + 1 : 0 });
  key.setAttribute("aria-hidden", "true");
  button.append(said, key);
  return button;
}

function partOf({ text, differs }) {
  if (!differs) return text;
  const mark = document.createElement(text ? "mark" : "i");
  mark.className = text ? "" : "gone";
  mark.textContent = text;
  return mark;
}

/** What a form says when `button` is pressed; null for nothing typed. */
export function valueOf(button) {
  if (button.name === "match") return { matches: button.value === "true" };
  if (button.name === "choice") return { choice: button.value };
  if (button.name) return { [button.name]: true };
  const text = $("say").value.trim();
  return text ? { text } : null;
}

export function insert(letter) {
  const field = $("say");
  field.setRangeText(letter, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input"));
  field.focus();
}
