/** The play page: the next line is on the screen before the last answer has reached the site. */

import { CallFailed, call, token, uuid } from "./api.js";
import { drafts, outbox, singleKeys, sitting } from "./keeping.js";
import { Scan } from "./scan.js";

const AHEAD = 4; // lines held beyond the one shown
const AHEAD_AT_FIRST = 2; // a newcomer may hold three in all
const UNDO = 60_000; // ms
const SLOWEST = 30_000; // ms between tries
const BATCH = 20;

const $ = (id) => document.getElementById(id);
const words = $("words").dataset;
const { project } = $("play").dataset;
const forms = { transcribe: $("transcribe"), verify: $("verify") };
const scan = new Scan($("scan"), words);
const pictures = new Map();

let queue = []; // leases after the current one
let current = null;
let shownAt = 0;
let exhausted = false;
let sending = null; // the running exchange with the site
let failures = 0;
let retry = 0;
let last = null; // the answer that may be taken back
let undoUntil = 0;

// ---------- what the page says

function say(text, { undo = false } = {}) {
  $("toast").hidden = !text;
  $("said").textContent = text;
  $("undo").hidden = !undo;
  announce(text);
}

function announce(text) {
  $("news").textContent = "";
  setTimeout(() => ($("news").textContent = text), 60); // the same words twice are read out twice
}

function show(name) {
  for (const section of ["start", "task", "waiting", "done"]) $(section).hidden = section !== name;
  $("where").hidden = name === "start";
}

function complain(text) {
  $("wrong").hidden = !text;
  $("wrong").textContent = text;
  $("say").toggleAttribute("aria-invalid", false);
  if (text) $("say").setAttribute("aria-invalid", "true");
}

function tally() {
  const lines = sitting.count();
  if (lines) $("count").textContent = lines === 1 ? words.one : words.many.replace("{n}", lines);
  [...$("steps").children].forEach((step, place) => {
    step.className = place < lines % 10 ? "done" : place === lines % 10 ? "now" : "";
  });
}

// ---------- lines

function picture(task) {
  if (!pictures.has(task.id)) {
    const image = new Image(task.image.width, task.image.height);
    image.src = task.image.url;
    image.decode().catch(() => {}); // one that fails shows its alternative text
    pictures.set(task.id, image);
  }
  return pictures.get(task.id);
}

function hold() {
  sitting.hold(project, current ? [current, ...queue] : queue);
}

function take(leases) {
  const known = new Set([current, ...queue].map((lease) => lease?.lease));
  queue.push(...leases.filter((lease) => !known.has(lease.lease)));
  queue.forEach((lease) => picture(lease.task));
  hold();
}

function next() {
  if (current) pictures.delete(current.task.id);
  current = queue.shift() ?? null;
  hold();
  if (current) return present();
  if (exhausted && !outbox.all().length) return finish();
  show("waiting");
}

function present(text = drafts.of(current.task.id)) {
  const { task } = current;
  const { activeElement } = document;
  show("task");
  for (const [kind, form] of Object.entries(forms)) {
    form.hidden = kind !== task.kind;
    form.querySelector(".prompt").textContent = task.prompt;
  }
  scan.show(task, picture(task));
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

function finish() {
  show("done");
  $("done").querySelector("h1").focus();
}

function putBack(lease, text = drafts.of(lease.task.id)) {
  if (current) queue.unshift(current);
  current = lease;
  hold();
  present(text);
}

// ---------- answers

/** What a form says when `button` is pressed; null for nothing typed. */
function value(button) {
  if (button.name === "match") return { matches: button.value === "true" };
  if (button.name) return { [button.name]: true };
  const text = $("say").value.trim();
  return text ? { text } : null;
}

function answer(button) {
  if (button.name === "skip") return skip();
  const given = value(button);
  if (!given) return complain(words.empty);
  const item = { key: uuid(), lease: current.lease, value: given, elapsed_ms: Math.round(performance.now() - shownAt), task: current, project };
  outbox.put(item);
  last = item;
  undoUntil = Date.now() + UNDO;
  say(words.saved, { undo: true });
  next();
  exchange();
}

function skip() {
  const { lease, task } = current;
  drafts.keep(task.id, "");
  say(words.skipped);
  next();
  // A seat that could not be given back frees itself when its time is over.
  call("POST", "leases/release", { leases: [lease] }).catch(() => {}).then(exchange);
}

/** Send what waits and fetch what is needed, in one request; at most one is under way. */
function exchange() {
  sending ??= converse().finally(() => {
    sending = null;
  });
  return sending;
}

async function converse() {
  clearTimeout(retry);
  try {
    for (;;) {
      const answers = outbox.all().slice(0, BATCH);
      const count = exhausted ? 0 : (sitting.count() ? AHEAD : AHEAD_AT_FIRST) - queue.length;
      if (!answers.length && count <= 0) break;
      const reply = await ask(answers, count);
      failures = 0;
      if (!answers.length && !reply.leases.length) break;
    }
    arrive();
  } catch (failure) {
    if (!(failure instanceof CallFailed)) throw failure;
    return suffer(failure);
  }
}

async function ask(answers, count) {
  const more = count > 0 ? { project, count } : undefined;
  const bare = answers.map(({ key, lease, value, elapsed_ms }) => ({ key, lease, value, elapsed_ms }));
  const reply = answers.length
    ? await call("POST", "answers", { answers: bare, next: more })
    : await call("POST", `projects/${encodeURIComponent(project)}/leases`, { count });
  for (const result of reply.results ?? []) {
    const item = answers.find(({ key }) => key === result.key);
    if (item) conclude(item, result);
  }
  exhausted = reply.exhausted ?? exhausted;
  take(reply.leases ?? []);
  if (!current && queue.length) next();
  return reply;
}

function arrive() {
  if (!current && exhausted) finish();
}

function conclude(item, result) {
  outbox.drop([item.key]);
  if (result.status === "refused") return returned(item, result);
  drafts.keep(item.task.task.id, "");
  sitting.add(result.status === "counted" ? 1 : 0);
  tally();
  if (item.key !== last?.key) return;
  say(verdict(result), { undo: result.status === "counted" });
}

function verdict({ reason, feedback }) {
  if (reason) return reason;
  if (!feedback) return words.saved;
  if (feedback.agrees === undefined) return words.disputed;
  return feedback.agrees ? words.agreed : words.differs;
}

/** Nothing was stored: give the line back with its text and say why. */
function returned(item, { reason }) {
  drafts.keep(item.task.task.id, item.value.text ?? "");
  const held = item.project === project && Date.parse(item.task.expires_at) > Date.now();
  if (item.key === last?.key) last = null;
  say([words.refused, reason, held ? "" : words.kept].filter(Boolean).join(" "));
  if (!held) return;
  if (current && $("say").value) queue.unshift(item.task); // nobody is torn away from a text half typed
  else putBack(item.task);
}

// ---------- trouble

function suffer(failure) {
  if (failure.passing) {
    failures += 1;
    const wait = Math.max(failure.wait, Math.min(SLOWEST, 1000 * 2 ** failures) * (0.5 + Math.random() / 2));
    retry = setTimeout(exchange, wait);
    return say(failure.status ? words.busy : words.offline);
  }
  if (failure.status === 401 || failure.status === 403) return stale();
  if (failure.status === 409 && !exhausted) return close(failure.detail);
  // The site will never take these as they are: the texts become drafts, so that a reload starts afresh.
  for (const { value, task } of outbox.all()) drafts.keep(task.task.id, value.text ?? "");
  outbox.drop(outbox.all().map(({ key }) => key));
  stale(failure.detail);
}

/** The project takes no more: send what waits without asking for the next line. */
function close(detail) {
  exhausted = true;
  $("farewell").textContent = detail;
  setTimeout(exchange);
}

function stale(detail) {
  $("trouble").firstElementChild.textContent = [words.stale, detail].filter(Boolean).join(" ");
  $("trouble").hidden = false;
}

async function undo() {
  const item = last;
  if (!item || Date.now() > undoUntil) return say(words.toolate);
  await sending;
  last = null;
  if (outbox.all().some(({ key }) => key === item.key)) return again(item, item.task);
  try {
    const { lease } = await call("DELETE", `answers/${item.key}`);
    sitting.add(-1);
    if (lease) return again(item, { ...lease, lease: item.lease });
    say(words.passed);
    tally();
  } catch (failure) {
    say(failure.status === 409 ? words.toolate : failure.detail || words.busy);
  }
}

function again(item, lease) {
  outbox.drop([item.key]);
  putBack(lease, item.value.text ?? "");
  tally();
  say(words.back);
}

async function report(event) {
  event.preventDefault();
  try {
    await call("POST", "flags", { lease: current.lease, reason: $("reason").value });
    event.target.reset();
    $("report").open = false;
    say(words.reported);
  } catch (failure) {
    say(failure.detail || words.unreported);
  }
}

// ---------- hands and keys

function insert(letter) {
  const field = $("say");
  field.setRangeText(letter, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input"));
  field.focus();
}

function typing() {
  drafts.keep(current.task.id, $("say").value);
  complain("");
  scan.follow($("say").selectionEnd);
}

function keyInField(event) {
  const turn = { PageUp: -1, PageDown: 1 }[event.key];
  if (turn) scan.pan(turn);
  else if (event.key === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !$("say").value && last) undo();
  else return;
  event.preventDefault();
}

function keyAnywhere(event) {
  const yes = ["1", "y", "ArrowRight"].includes(event.key);
  const no = ["2", "n", "ArrowLeft"].includes(event.key);
  const elsewhere = event.target.closest("input, textarea, select, summary, [data-long]");
  if (!(yes || no) || !singleKeys.on() || current?.task.kind !== "verify" || $("task").hidden) return;
  if (elsewhere || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  event.preventDefault();
  answer(forms.verify.querySelector(`[name=match][value=${yes}]`));
}

function offerKeys() {
  $("single").checked = singleKeys.on();
  for (const hint of document.querySelectorAll(".keys")) hint.hidden = !singleKeys.on();
}

function listen() {
  for (const form of Object.values(forms)) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (current) answer(event.submitter ?? form.querySelector(".go"));
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
  window.addEventListener("online", exchange);
}

function begin() {
  const given = JSON.parse($("leases")?.textContent ?? "null");
  if (given) history.replaceState(null, "", location.pathname); // a reload reads the page and posts nothing
  if (!given && !token()) return; // nobody has pressed Start yet
  exhausted = given?.exhausted ?? false;
  // A newcomer may hold three lines: those given now have taken the place of those held before.
  const held = given && !sitting.count() ? [] : sitting.leases(project);
  take([...held, ...(given?.leases ?? [])]);
  for (const part of document.querySelectorAll("#tools, #help, .chars")) part.hidden = false;
  listen();
  offerKeys();
  tally();
  next();
  exchange();
}

begin();
