/** A board that follows the score: the socket says that something changed, htmx fetches what. */

import { FIRST_WAIT, SLOWEST, tell, watch } from "../site/watching.js";

const CALM = 500; // ms: rows change at most twice a second
const READ_ALOUD = 30_000; // ms between two sentences for a screen reader

const board = document.getElementById("board");
const live = document.getElementById("live");
const news = document.getElementById("news");

let wanted = 0; // the newest version heard of
let asked = 0; // when the table was last asked for
let waiting = 0; // the timer of the next time
let before = [];
let spokenAt = Date.now();
let speaking = 0;

const part = () => board.querySelector("[data-version]");
const shown = () => Number(part()?.dataset.version ?? 0);
const mine = () => document.getElementById("mine")?.textContent.trim() ?? "";
const rows = () => [...board.querySelectorAll("tbody tr")];

/** Ask for the table soon; what changes meanwhile comes with it. ``spread``: ms over which many browsers share out. */
function refresh(spread = 0) {
  if (waiting) return;
  const pause = Math.max(asked + CALM - Date.now(), Math.random() * spread, 0);
  waiting = setTimeout(() => {
    waiting = 0;
    asked = Date.now();
    board.dispatchEvent(new CustomEvent("board-changed"));
  }, pause);
}

function heard(text) {
  const { version, spread = 0 } = JSON.parse(text);
  wanted = Math.max(wanted, version);
  if (wanted > shown()) refresh(spread);
}

/** Say how I stand, now and then: never each row, never what was just said. */
function readAloud() {
  if (speaking || mine() === news.textContent) return;
  speaking = setTimeout(() => {
    speaking = 0;
    spokenAt = Date.now();
    news.textContent = mine();
  }, Math.max(spokenAt + READ_ALOUD - Date.now(), 0));
}

/** Points that moved fade in; where less motion is wanted they just stand there. */
function mark() {
  const known = new Set(before);
  for (const row of rows()) row.classList.toggle("moved", !known.has(row.textContent));
}

/** A day and a week end while the page is open: then the board begins anew. */
function turn() {
  const left = 1000 * Number(part()?.dataset.left ?? 0);
  if (left) setTimeout(() => { refresh(10 * FIRST_WAIT); turn(); }, left + FIRST_WAIT);
}

board.addEventListener("htmx:before:swap", () => { before = rows().map((row) => row.textContent); });
board.addEventListener("htmx:after:swap", () => {
  mark();
  readAloud();
  if (wanted > shown()) refresh(FIRST_WAIT); // changed again while it was fetched
});
news.textContent = mine();
turn();
watch(`/ws/leaderboards/${encodeURIComponent(board.dataset.board)}/`, live, {
  heard,
  missed: () => refresh(FIRST_WAIT), // what happened meanwhile
  poll: refresh,
  every: SLOWEST,
  gone: () => tell(live, live.dataset.gone, true),
});
