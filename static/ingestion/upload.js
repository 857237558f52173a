/** Bring scans: several files at once, in pieces; after a lost connection or a reload each goes on where it stopped. */
import { call } from "../tasks/api.js";
import { chosenIn, distinct, dropped } from "./choosing.js";
import { Sending } from "./sending.js";

const AT_ONCE = 3; // files
const ANNOUNCED = 500; // files in one call
const FIRST_WAIT = 1_000; // ms
const LONGEST_WAIT = 20_000;
const MB = 2 ** 20;

const section = document.getElementById("upload");
const words = section.dataset;
const form = section.querySelector("form");
const $ = (id) => document.getElementById(id);
const list = $("upload-files");

let batch = Number(words.batch) || 0;
let chosen = [];
let sendings = [];
let missing = []; // announced before, but not chosen now
let stop = null; // an AbortController while something is sent

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
const size = (bytes) => (bytes / MB).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
const sum = (rows, key) => rows.reduce((total, row) => total + row[key], 0);

function complain(text) {
  $("upload-fault").textContent = text;
  $("upload-fault").hidden = !text;
}

function choose(pairs) {
  chosen = pairs;
  const bytes = chosen.reduce((total, [file]) => total + file.size, 0);
  $("chosen").textContent = chosen.length ? fill(words.chosen, { n: chosen.length, mb: size(bytes) }) : "";
}

/** Show one row for a file, and keep it up to date. */
function rowOf(sending) {
  const row = $("upload-row").content.firstElementChild.cloneNode(true);
  row.querySelector(".name-of").textContent = sending.name;
  for (const hide of row.querySelectorAll("button .hide")) hide.textContent = ` ${sending.name}`;
  row.querySelector(".again").addEventListener("click", () => {
    sending.state = "waiting";
    show(sending);
    run();
  });
  row.querySelector(".out").addEventListener("click", () => leaveOut(sending));
  list.append(row);
  sending.row = row;
  show(sending);
}

function show(sending) {
  const { row, state } = sending;
  const percent = sending.size ? Math.floor((100 * sending.offset) / sending.size) : 0;
  const texts = { waiting: words.waiting, sending: fill(words.sending, { percent }), failed: sending.detail, here: sending.known ? words.already : words.here };
  row.querySelector(".state-of").textContent = state === "sending" && !stop ? words.stopped : texts[state];
  row.querySelector(".again").hidden = state !== "failed" || !sending.file;
  row.querySelector(".out").hidden = state !== "failed";
  row.classList.toggle("wants", state === "failed");
}

function showTotal() {
  const all = [...sendings, ...missing];
  $("upload-progress").max = sum(all, "size") || 1;
  $("upload-progress").value = sum(all, "offset");
  const done = all.filter((one) => one.state === "here").length;
  $("upload-total").textContent = fill(words.total, { done, all: all.length, mb: size(sum(all, "offset")), allmb: size(sum(all, "size")) });
}

async function announce() {
  for (let from = 0; from < sendings.length; from += ANNOUNCED) {
    const some = sendings.slice(from, from + ANNOUNCED);
    const files = some.map((sending) => sending.announcement);
    const body = batch ? { files } : { name: form.elements.name?.value ?? "", files };
    const reply = await call("POST", batch ? `batches/${batch}/uploads` : `projects/${words.project}/batches/uploads`, body);
    if (!batch) history.replaceState(null, "", `${words.batches}${reply.batch}/`); // a reload comes back to this batch
    batch = reply.batch;
    some.forEach((sending, place) => sending.expect(reply.uploads[place]));
  }
}

/** Find what was announced before and is neither whole nor among the files chosen now. */
async function findMissing() {
  const ours = new Set(sendings.map((sending) => sending.id));
  missing = [];
  for (let path = `batches/${batch}/uploads?limit=200`; path; ) {
    const { items, next } = await call("GET", path);
    const lacking = items.filter((item) => item.offset < item.size && !ours.has(item.id));
    missing.push(...lacking.map((item) => ({ ...item, state: "failed", detail: words.unchosen })));
    path = next && next.replace(/^.*\/api\/v1\//, "");
  }
}

async function begin(pairs) {
  if (!pairs.length) return complain(words.none);
  complain("");
  const clashes = [];
  sendings = distinct(pairs, (name, other) => clashes.push(fill(words.clash, { name, other }))).map(
    ([file, name]) => new Sending(file, name, pairs.again),
  );
  form.querySelector("button").disabled = true;
  try {
    await announce();
    await findMissing();
  } catch (error) {
    form.querySelector("button").disabled = false;
    return complain(error.status ? error.detail : words.lost);
  }
  form.hidden = !missing.length; // what is missing can be chosen too
  form.querySelector("button").disabled = false;
  choose([]);
  document.getElementById("report")?.toggleAttribute("hidden", true);
  $("sending").hidden = false;
  list.replaceChildren();
  [...missing, ...sendings].forEach(rowOf);
  if (clashes.length) complain(clashes.join(" "));
  return run();
}

async function run() {
  if (stop) return;
  stop = new AbortController();
  toggle(true);
  showTotal();
  const workers = Array.from({ length: AT_ONCE }, () => work(stop.signal));
  await Promise.all(workers);
  const stopped = stop.signal.aborted;
  stop = null;
  toggle(false);
  [...sendings].forEach(show);
  showTotal();
  if (!stopped) await finish();
  else if ($("upload-fault").hidden) $("upload-total").textContent += ` ${words.paused}`;
}

function toggle(going) {
  $("upload-pause").hidden = !going;
  $("upload-resume").hidden = going;
}

async function work(signal) {
  for (let sending; !signal.aborted && (sending = sendings.find((one) => one.state === "waiting")); ) {
    await send(sending, signal);
  }
}

async function send(sending, signal) {
  let tries = 0;
  sending.state = "sending";
  show(sending);
  while (!signal.aborted && sending.state === "sending") {
    try {
      if (tries) await sending.ask();
      if (sending.state === "sending") await sending.next(signal);
      tries = 0;
    } catch (error) {
      if (signal.aborted) break;
      if ([401, 403].includes(error.status)) pause(words.signedout);
      else if (error.status === 507) pause(error.detail);
      else if (error.passing) await wait(tries++, signal);
      else sending.fail(error.detail);
    }
    show(sending);
    showTotal();
    if (!tries && sending.state !== "failed" && $("upload-fault").textContent === words.lost) complain("");
  }
  if (signal.aborted && sending.state === "sending") sending.state = "waiting";
}

/** Wait for the line to come back: a while, or until the browser says that it is there. */
function wait(tries, signal) {
  complain(words.lost);
  return new Promise((done) => {
    const timer = setTimeout(done, Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** tries));
    for (const [target, event] of [[window, "online"], [signal, "abort"]]) {
      target.addEventListener(event, () => { clearTimeout(timer); done(); }, { once: true });
    }
  });
}

function pause(text) {
  stop?.abort();
  complain(text);
}

async function leaveOut(sending) {
  try {
    await call("DELETE", `uploads/${sending.id}`);
  } catch (error) {
    if (error.status !== 404) return complain(error.status ? error.detail : words.lost);
  }
  sendings = sendings.filter((one) => one !== sending);
  missing = missing.filter((one) => one !== sending);
  sending.row.remove();
  showTotal();
  return stop || finish();
}

async function finish() {
  const all = [...sendings, ...missing];
  if (!all.every((one) => one.state === "here")) return complain(words.failed);
  $("upload-total").textContent = words.finishing;
  try {
    await call("POST", `batches/${batch}/finish`);
  } catch (error) {
    return complain(error.status ? error.detail : words.lost);
  }
  location.assign(`${words.batches}${batch}/`);
}

async function cancel() {
  if (!confirm(words.sure)) return;
  stop?.abort();
  try {
    await call("DELETE", `batches/${batch}/uploads`);
  } catch (error) {
    if (error.status === 0) return complain(words.lost);
  }
  location.assign(words.batches);
}

/** Choose one file that takes the place of a refused one. */
function sendAgain(name) {
  const input = Object.assign(document.createElement("input"), { type: "file" });
  input.addEventListener("change", () => {
    section.scrollIntoView();
    begin(Object.assign([[input.files[0], name]], { again: true }));
  });
  input.click();
}

document.documentElement.classList.add("scripted");
form.hidden = false; // on the page of a batch only a script can add files
for (const part of section.querySelectorAll(".with-script")) part.hidden = false;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  begin(chosen);
});
for (const input of [$("files"), $("folder")]) {
  input.addEventListener("change", () => choose(chosenIn(input)));
  if (input.files.length) choose(chosenIn(input)); // chosen before this script was there
}
$("upload-pause").addEventListener("click", () => pause(""));
$("upload-resume").addEventListener("click", () => {
  complain("");
  for (const one of sendings) if (one.state === "sending") one.state = "waiting";
  run();
});
$("upload-cancel").addEventListener("click", cancel);
for (const event of ["dragover", "dragleave", "drop"]) {
  $("drop").addEventListener(event, (drag) => {
    drag.preventDefault();
    $("drop").classList.toggle("over", event === "dragover");
  });
}
$("drop").addEventListener("drop", async ({ dataTransfer }) => choose([...chosen, ...(await dropped(dataTransfer))]));
document.addEventListener("click", ({ target }) => {
  const button = target.closest?.(".send-again");
  if (button) sendAgain(button.dataset.name);
});
