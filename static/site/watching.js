/** News by a socket that is connected again and again, ever more slowly; while it is away the page asks by itself. */

export const FIRST_WAIT = 1_000; // ms
export const SLOWEST = 30_000; // ms between two tries to connect
const NOTHING_HERE = 4404;

/**
 * ``live`` says beside the page whether news come by themselves. ``heard(text)`` gets each message, ``began()`` a new
 * connection, ``missed()`` one after an interruption, ``poll()`` is called every so many ms while there is none, and
 * ``gone()`` once there is nothing to watch any more.
 */
export function watch(path, live, { heard, missed, poll, every, began = () => {}, gone = () => {} }) {
  let tries = 0;
  let polling = 0;

  function connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}${path}`);
    began();
    socket.addEventListener("open", opened);
    socket.addEventListener("message", ({ data }) => heard(data));
    socket.addEventListener("close", lost);
  }

  function opened() {
    if (tries) missed();
    tries = 0;
    clearInterval(polling);
    polling = 0;
    tell(live, live.dataset.live, false);
  }

  function lost({ code }) {
    if (code === NOTHING_HERE) {
      clearInterval(polling);
      gone();
      return;
    }
    tries += 1;
    tell(live, live.dataset.paused, true);
    polling ||= setInterval(() => poll(), every);
    const wait = Math.min(SLOWEST, FIRST_WAIT * 2 ** (tries - 1));
    setTimeout(connect, wait * (0.5 + Math.random() / 2)); // jitter: not all browsers at the same moment
  }

  connect();
}

export function tell(live, text, paused) {
  live.hidden = false;
  live.textContent = text;
  live.classList.toggle("paused", paused);
}
