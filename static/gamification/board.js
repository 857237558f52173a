/** A board that follows the score: the socket says that something changed, htmx fetches what. */

const FIRST_WAIT = 1_000; // ms
const SLOWEST = 30_000; // ms between tries, and between looks while the socket is away
const READ_ALOUD = 30_000; // ms between two sentences for a screen reader

const board = document.getElementById("board");
const live = document.getElementById("live");
const news = document.getElementById("news");

let tries = 0;
let poll = 0;
let wanted = 0; // the newest version heard of
let readAloudAt = Date.now();

const shown = () => Number(board.querySelector("[data-version]")?.dataset.version ?? 0);
const refresh = () => board.dispatchEvent(new CustomEvent("board-changed"));

function tell(text, paused) {
  live.hidden = false;
  live.textContent = text;
  live.classList.toggle("paused", paused);
}

function connect() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const socket = new WebSocket(`${scheme}://${location.host}/ws/leaderboards/${encodeURIComponent(board.dataset.board)}/`);
  socket.addEventListener("open", opened);
  socket.addEventListener("message", (event) => heard(JSON.parse(event.data)));
  socket.addEventListener("close", lost);
}

function opened() {
  if (tries) refresh(); // what happened meanwhile
  tries = 0;
  clearInterval(poll);
  poll = 0;
  tell(live.dataset.live, false);
}

function heard({ version }) {
  wanted = Math.max(wanted, version);
  if (wanted > shown()) refresh();
}

function lost() {
  tries += 1;
  tell(live.dataset.paused, true);
  poll ||= setInterval(refresh, SLOWEST);
  const wait = Math.min(SLOWEST, FIRST_WAIT * 2 ** (tries - 1));
  setTimeout(connect, wait * (0.5 + Math.random() / 2)); // jitter: not all browsers at the same moment
}

function readAloud() {
  const text = document.getElementById("ahead")?.textContent ?? "";
  if (text === news.textContent || Date.now() - readAloudAt < READ_ALOUD) return;
  news.textContent = text;
  readAloudAt = Date.now();
}

board.addEventListener("htmx:after:swap", () => {
  readAloud();
  if (wanted > shown()) setTimeout(refresh, FIRST_WAIT); // changed again while it was fetched
});
connect();
