/** A batch that is watched: the socket says that it moved, htmx fetches the report. Without a socket the page asks. */

const FIRST_WAIT = 1_000; // ms
const SLOWEST = 30_000; // ms between two tries to connect
const POLL = 4_000; // ms between two looks while the socket is away
const CALM = 1_500; // ms between two fetches

const report = document.getElementById("report");
const live = document.getElementById("live");
const news = document.getElementById("news");

let tries = 0;
let poll = 0;
let due = 0;
let fetchedAt = 0;

function refresh() {
  due ||= setTimeout(() => {
    due = 0;
    fetchedAt = Date.now();
    report.dispatchEvent(new CustomEvent("batch-moved"));
  }, Math.max(0, fetchedAt + CALM - Date.now()));
}

function tell(text, paused) {
  live.hidden = false;
  live.textContent = text;
  live.classList.toggle("paused", paused);
}

function connect() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const socket = new WebSocket(`${scheme}://${location.host}/ws/batches/${report.dataset.batch}/`);
  let told = "";
  socket.addEventListener("open", () => {
    if (tries) refresh(); // what happened meanwhile
    tries = 0;
    clearInterval(poll);
    poll = 0;
    tell(live.dataset.live, false);
  });
  socket.addEventListener("message", ({ data }) => {
    if (told && told !== data) refresh();
    else if (!told && JSON.parse(data).state !== report.querySelector("[data-state]").dataset.state) refresh();
    told = data;
  });
  socket.addEventListener("close", lost);
}

function lost({ code }) {
  if (code === 4404) return; // gone, or no longer ours
  tries += 1;
  tell(live.dataset.paused, true);
  poll ||= setInterval(refresh, POLL);
  const wait = Math.min(SLOWEST, FIRST_WAIT * 2 ** (tries - 1));
  setTimeout(connect, wait * (0.5 + Math.random() / 2));
}

let state = report.querySelector("[data-state]").dataset.state;

report.addEventListener("htmx:after:swap", () => {
  const shown = report.querySelector("[data-state]");
  if (shown.dataset.state === state) return;
  state = shown.dataset.state;
  news.textContent = shown.dataset.news;
});
connect();
