/** One file on its way, piece by piece: a piece is lost at most, whatever happens to the line. */
import { CallFailed, token } from "../tasks/api.js";

const SMALLEST = 2 ** 18; // bytes of a piece: on a slow line a bar that moves
const LARGEST = 4 * 2 ** 20;
const QUICK = 1_000; // ms for one piece
const SLOW = 4_000;
const PATIENCE = 120_000;

let piece = 2 ** 20; // bytes; as the line turns out to be

function learn(took) {
  if (took < QUICK) piece = Math.min(LARGEST, 2 * piece);
  if (took > SLOW) piece = Math.max(SMALLEST, piece / 2);
}

let line = new AbortController(); // once the browser says that there is none: a request may hang for minutes
window.addEventListener("offline", () => {
  line.abort();
  line = new AbortController();
});

async function checksum(bytes) {
  if (!crypto.subtle) return null; // a site read over plain HTTP
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `sha256 ${btoa(String.fromCharCode(...digest))}`;
}

export class Sending {
  /** `state` is waiting, sending, here or failed; `detail` says why it failed. */
  constructor(file, name, again = false) {
    Object.assign(this, { file, name, again, size: file.size, offset: 0, state: "waiting", detail: "", known: false });
  }

  get announcement() {
    return { name: this.name, size: this.size, again: this.again };
  }

  expect({ id, url, offset }) {
    Object.assign(this, { id, url, offset, again: false, state: offset === this.size ? "here" : "waiting" });
    this.known = this.state === "here" && this.size > 0;
  }

  fail(detail) {
    this.state = "failed";
    this.detail = detail;
  }

  /** Send the next piece. Throws CallFailed; a passing one is worth another try from what the site has. */
  async next(stop) {
    this.state = "sending";
    let bytes;
    try {
      bytes = await this.file.slice(this.offset, this.offset + piece).arrayBuffer();
    } catch (error) {
      throw new CallFailed(400, String(error.message)); // moved or changed since it was chosen
    }
    const began = performance.now();
    const response = await this.patch(bytes, await checksum(bytes), stop);
    learn(performance.now() - began);
    const offset = response.headers.get("Upload-Offset");
    if (!response.ok && (response.status !== 409 || offset === null)) {
      const reply = await response.json().catch(() => ({}));
      throw new CallFailed(response.status === 409 ? 503 : response.status, reply.detail);
    }
    this.offset = Number(offset);
    if (this.offset === this.size) this.state = "here";
  }

  async patch(body, sum, stop) {
    const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(this.offset), "X-CSRFToken": token() };
    if (sum) headers["Upload-Checksum"] = sum;
    const patience = AbortSignal.timeout(PATIENCE);
    try {
      return await fetch(this.url, { method: "PATCH", headers, body, signal: AbortSignal.any ? AbortSignal.any([stop, patience, line.signal]) : stop });
    } catch {
      throw new CallFailed(0);
    }
  }

  /** Ask the site how much it has. */
  async ask() {
    let response;
    try {
      response = await fetch(this.url, { method: "HEAD", headers: { "X-CSRFToken": token() } });
    } catch {
      throw new CallFailed(0);
    }
    if (!response.ok) throw new CallFailed(response.status);
    this.offset = Number(response.headers.get("Upload-Offset"));
    if (this.offset === this.size) this.state = "here";
  }
}
