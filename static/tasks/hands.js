/** Keys, clicks and touches, and the settings that this device keeps. */

import { clock, singleKeys } from "./keeping.js";
import { forms, insert, scan } from "./line.js";

const $ = (id) => document.getElementById(id);

/** `doing`: what is called for, by name. */
export function listen(doing) {
  for (const form of Object.values(forms)) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      doing.press(event.submitter ?? form.querySelector(".go"));
    });
    // The second click of a double click is meant for the line that has just gone.
    form.addEventListener("click", (event) => event.detail > 1 && event.preventDefault());
  }
  for (const letter of document.querySelectorAll(".chars button")) letter.addEventListener("click", () => insert(letter.textContent));
  for (const button of document.querySelectorAll("#undo, .undo")) button.addEventListener("click", doing.undo);
  for (const link of document.querySelectorAll(".way")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      doing.choose(new URL(link.href).searchParams.get("way"));
    });
  }
  listenToField(doing);
  document.addEventListener("keydown", (event) => keyAnywhere(event, doing));
  listenToTools(doing);
  listenToSettings(doing);
}

function listenToField({ typing, undo }) {
  $("say").addEventListener("input", () => {
    typing($("say").value);
    scan.follow($("say").selectionEnd);
  });
  $("say").addEventListener("keydown", (event) => {
    const turn = { PageUp: -1, PageDown: 1 }[event.key];
    const back = event.key === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey;
    if (turn) scan.pan(turn);
    else if (back && !$("say").value) undo();
    else return;
    event.preventDefault();
  });
}

function listenToTools({ report, goOn, lookBack, exchange }) {
  $("left").addEventListener("click", () => scan.pan(-1));
  $("right").addEventListener("click", () => scan.pan(1));
  $("zoom").addEventListener("click", () => scan.zoom());
  $("whole").addEventListener("click", () => $("whole").setAttribute("aria-pressed", String(scan.open())));
  $("flag").addEventListener("submit", report);
  $("again").addEventListener("click", goOn);
  $("lookback").addEventListener("click", lookBack);
  $("reload").addEventListener("click", () => location.reload());
  window.addEventListener("online", exchange);
}

function keyAnywhere(event, doing) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || $("task").hidden) return;
  if (event.target.closest("input, textarea, select, summary, [data-long]")) return;
  const pressed = forms.choose.hidden ? keyOfVerify(event) : keyOfChoose(event);
  if (!pressed) return;
  event.preventDefault();
  doing.press(pressed);
}

/** A number chooses where focus is among the readings; elsewhere only for those who want single keys. */
function keyOfChoose({ key, target }) {
  if (!singleKeys.on() && !forms.choose.contains(target)) return null;
  const readings = [...forms.choose.querySelectorAll(".offer")];
  const none = readings.pop();
  return ["0", "n", "N"].includes(key) ? none : readings[Number(key) - 1];
}

function keyOfVerify(event) {
  const yes = ["1", "y", "ArrowRight"].includes(event.key);
  const no = ["2", "n", "ArrowLeft"].includes(event.key);
  if (!(yes || no) || !singleKeys.on() || forms.verify.hidden) return null;
  return forms.verify.querySelector(`[name=match][value=${yes}]`);
}

function listenToSettings({ showClock }) {
  $("single").addEventListener("change", (event) => {
    singleKeys.set(event.target.checked);
    offerSettings();
  });
  $("timed").addEventListener("change", (event) => {
    clock.set(event.target.checked);
    showClock();
  });
}

export function offerSettings() {
  $("single").checked = singleKeys.on();
  $("timed").checked = clock.on();
  for (const hint of document.querySelectorAll(".keys")) hint.hidden = !singleKeys.on();
}
