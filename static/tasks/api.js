/** Calls to the site's own API. */

const PATIENCE = 15_000; // ms

/** Why a call brought nothing: `status` is that of HTTP, or 0 when nobody answered. */
export class CallFailed extends Error {
  constructor(status, detail = "", wait = 0) {
    super(detail || `status ${status}`);
    this.status = status;
    this.detail = detail;
    this.wait = wait; // ms the site asks us to wait
  }

  /** Whether the same call may succeed later, as it is. */
  get passing() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** The CSRF token; a session and its token are given together, so an empty one means that there is no session. */
export function token() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
}

export async function call(method, path, body) {
  const headers = { Accept: "application/json" };
  if (body) headers["Content-Type"] = "application/json";
  if (token()) headers["X-CSRFToken"] = token();
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  let response, reply;
  try {
    response = await fetch(`/api/v1/${path}`, { method, headers, body: body && JSON.stringify(body), signal: stop.signal });
    reply = await response.json().catch(() => ({}));
  } catch {
    throw new CallFailed(0);
  } finally {
    clearTimeout(timer);
  }
  if (!response.ok) throw new CallFailed(response.status, reply.detail, 1000 * Number(response.headers.get("Retry-After") || 0));
  return reply;
}

/** A random UUID; crypto.randomUUID is missing where a kiosk reads the site over plain HTTP. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
