/** A batch that is watched: the socket says that it moved, htmx fetches the report. Without a socket the page asks. */

import { watch } from "../site/watching.js";

const POLL = 4_000; // ms between two looks while the socket is away
const CALM = 1_500; // ms between two fetches

const report = document.getElementById("report");
const live = document.getElementById("live");
const news = document.getElementById("news");

let told = ""; // by this connection
let due = 0;
let fetchedAt = 0;

function refresh() {
  due ||= setTimeout(() => {
    due = 0;
    fetchedAt = Date.now();
    report.dispatchEvent(new CustomEvent("batch-moved"));
  }, Math.max(0, fetchedAt + CALM - Date.now()));
}

function heard(text) {
  if (told && told !== text) refresh();
  else if (!told && JSON.parse(text).state !== report.querySelector("[data-state]").dataset.state) refresh();
  told = text;
}

let state = report.querySelector("[data-state]").dataset.state;

report.addEventListener("htmx:after:swap", () => {
  const shown = report.querySelector("[data-state]");
  if (shown.dataset.state === state) return;
  state = shown.dataset.state;
  news.textContent = shown.dataset.news;
});
watch(`/ws/batches/${report.dataset.batch}/`, live, { heard, missed: refresh, poll: refresh, every: POLL, began: () => { told = ""; } });
