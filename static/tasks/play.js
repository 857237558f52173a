/** The play page: what is seen, said and pressed. */

import { token } from "./api.js";
import { drafts, singleKeys, sitting } from "./keeping.js";
import { Loop } from "./loop.js";
import { Scan } from "./scan.js";

const $ = (id) => document.getElementById(id);
const words = $("words").dataset;
const forms = { transcribe: $("transcribe"), verify: $("verify") };
const scan = new Scan($("scan"), words);
const pictures = new Map(); // fetched and decoded before they are needed
let shownAt = 0;

// ---------- what the page says

function say(text, { undo = false } = {}) {
  $("toast").hidden = !text;
  $("said").textContent = text;
  $("undo").hidden = !undo;
  $("news").textContent = "";
  setTimeout(() => ($("news").textContent = text), 60); // the same words twice are read out twice
}

function open(name) {
  for (const section of ["start", "task", "waiting", "done"]) $(section).hidden = section !== name;
  $("where").hidden = name === "start" || (name === "done" && !sitting.count());
}

function complain(text) {
  $("wrong").hidden = !text;
  $("wrong").textContent = text;
  if (text) $("say").setAttribute("aria-invalid", "true");
  else $("say").removeAttribute("aria-invalid");
}

function tally() {
  const lines = sitting.count();
  if (lines) $("count").textContent = lines === 1 ? words.one : words.many.replace("{n}", lines);
  [...$("steps").children].forEach((step, place) => {
    step.className = place < lines % 10 ? "done" : place === lines % 10 ? "now" : "";
  });
}

function verdict({ reason, feedback }) {
  if (reason) return reason;
  if (!feedback) return words.saved;
  if (feedback.agrees === undefined) return words.disputed;
  return feedback.agrees ? words.agreed : words.differs;
}

// ---------- what the loop tells

function fetchPicture(task) {
  if (pictures.has(task.id)) return;
  const image = new Image(task.image.width, task.image.height);
  image.src = task.image.url;
  image.decode().catch(() => {}); // one that fails shows its alternative text
  pictures.set(task.id, image);
}

function showLine({ task }, text) {
  const { activeElement } = document;
  open("task");
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
  if (task.kind === "transcribe") $("say").focus({ preventScroll: true });
  else if (!forms.verify.contains(activeElement)) $("asked").focus({ preventScroll: true });
  shownAt = performance.now();
}

const page = {
  fetch: fetchPicture,
  show: showLine,
  wait: () => open("waiting"),
  end(reason) {
    if (reason) $("farewell").textContent = reason;
    open("done");
    $("done").querySelector("h1").focus();
  },
  conclude(result, newest) {
    tally();
    if (newest) say(verdict(result), { undo: result.status === "counted" });
  },
  giveBack: (reason, held) => say([words.refused, reason, held ? "" : words.kept].filter(Boolean).join(" ")),
  stumble: (connected) => say(connected ? words.busy : words.offline),
  stop(reason) {
    $("trouble").firstElementChild.textContent = [reason, words.stale].filter(Boolean).join(" ");
    $("trouble").hidden = false;
  },
};
const loop = new Loop($("play").dataset.project, page);

// ---------- hands and keys

/** What a form says when `button` is pressed; null for nothing typed. */
function value(button) {
  if (button.name === "match") return { matches: button.value === "true" };
  if (button.name) return { [button.name]: true };
  const text = $("say").value.trim();
  return text ? { text } : null;
}

function press(button) {
  if (!loop.current) return;
  if (button.name === "skip") {
    loop.skip();
    return say(words.skipped);
  }
  const given = value(button);
  if (!given) return complain(words.empty);
  loop.answer(given, performance.now() - shownAt);
  say(words.saved, { undo: true });
}

async function undo() {
  try {
    say(words[await loop.undo()]);
    tally();
  } catch (failure) {
    say(failure.detail || words.busy);
  }
}

async function report(event) {
  event.preventDefault();
  try {
    await loop.report($("reason").value);
    event.target.reset();
    $("report").open = false;
    say(words.reported);
  } catch (failure) {
    say(failure.detail || words.unreported);
  }
}

function insert(letter) {
  const field = $("say");
  field.setRangeText(letter, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input"));
  field.focus();
}

function typing() {
  drafts.keep(loop.current.task.id, $("say").value);
  complain("");
  scan.follow($("say").selectionEnd);
}

function keyInField(event) {
  const turn = { PageUp: -1, PageDown: 1 }[event.key];
  const back = event.key === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey;
  if (turn) scan.pan(turn);
  else if (back && !$("say").value && loop.last) undo();
  else return;
  event.preventDefault();
}

function keyAnywhere(event) {
  const yes = ["1", "y", "ArrowRight"].includes(event.key);
  const no = ["2", "n", "ArrowLeft"].includes(event.key);
  if (!(yes || no) || !singleKeys.on() || forms.verify.hidden || $("task").hidden) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input, textarea, select, summary, [data-long]")) return;
  event.preventDefault();
  press(forms.verify.querySelector(`[name=match][value=${yes}]`));
}

function offerKeys() {
  $("single").checked = singleKeys.on();
  for (const hint of document.querySelectorAll(".keys")) hint.hidden = !singleKeys.on();
}

function listen() {
  for (const form of Object.values(forms)) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      press(event.submitter ?? form.querySelector(".go"));
    });
    // The second click of a double click is meant for the line that has just gone.
    form.addEventListener("click", (event) => event.detail > 1 && event.preventDefault());
  }
  for (const letter of document.querySelectorAll(".chars button")) letter.addEventListener("click", () => insert(letter.textContent));
  $("say").addEventListener("input", typing);
  $("say").addEventListener("keydown", keyInField);
  document.addEventListener("keydown", keyAnywhere);
  $("left").addEventListener("click", () => scan.pan(-1));
  $("right").addEventListener("click", () => scan.pan(1));
  $("zoom").addEventListener("click", () => scan.zoom());
  $("whole").addEventListener("click", () => $("whole").setAttribute("aria-pressed", String(scan.open())));
  $("single").addEventListener("change", (event) => {
    singleKeys.set(event.target.checked);
    offerKeys();
  });
  $("undo").addEventListener("click", undo);
  $("flag").addEventListener("submit", report);
  $("reload").addEventListener("click", () => location.reload());
  window.addEventListener("online", () => loop.exchange());
}

function begin() {
  const given = JSON.parse($("leases")?.textContent ?? "null");
  if (given) history.replaceState(null, "", location.pathname); // a reload reads the page and posts nothing
  if (!given && !token()) return; // nobody has pressed Start yet
  for (const part of document.querySelectorAll("#tools, #help, .chars")) part.hidden = false;
  listen();
  offerKeys();
  tally();
  loop.begin(given);
}

begin();
