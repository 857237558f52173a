/** Review: the forms and links of the page without loading it anew, by single keys too. */

import { Scan } from "./scan.js";

const SINGLE = "civictasks.review.single";
const TYPING = "input:not([type=checkbox]), textarea, select";
const CODE = /^(?:Digit|Numpad|Key)(.)$/;

const $ = (id) => document.getElementById(id);
const words = $("words").dataset;
const scan = new Scan($("scan"), words); // the same for all disputes: it keeps the pictures of their page
let busy = false;

// ---------- the line in its place

function showLine() {
  const shown = JSON.parse($("shown").textContent);
  const picture = new Image();
  picture.src = shown.image.url;
  picture.width = shown.image.width;
  picture.height = shown.image.height;
  scan.show(shown, picture);
  $("tools").hidden = false;
  $("whole").setAttribute("aria-pressed", "false");
  $("zoom").onclick = () => scan.zoom();
  $("left").onclick = () => scan.pan(-1);
  $("right").onclick = () => scan.pan(1);
  $("whole").onclick = () => $("whole").setAttribute("aria-pressed", scan.open());
}

function fetchNextPicture() {
  const url = $("review").dataset.nextPicture;
  if (url) new Image().src = url;
}

// ---------- from one dispute to the next

function take(page) {
  const fresh = document.adoptNode(page.getElementById("review"));
  fresh.querySelector("#scan").replaceWith(scan.box);
  $("review").replaceWith(fresh);
  document.title = page.title;
  showLine();
  fetchNextPicture();
  const problem = $("problem");
  if (problem && $("text")) $("text").focus();
  else $("asked").focus();
  if (!problem) $("news").textContent = [$("done")?.textContent, words.next].filter(Boolean).join(" ");
}

/** Ask for a page and put its dispute in the place of this one; what was typed stays when nothing comes. */
async function swap(url, options = {}, remember = true) {
  if (busy) return;
  busy = true;
  $("review").setAttribute("aria-busy", "true");
  try {
    const reply = await fetch(url, { credentials: "same-origin", ...options });
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    if (!page.getElementById("review")) return leave(reply);
    if (remember && reply.url !== window.location.href) history.pushState({}, "", reply.url);
    take(page);
  } catch {
    complain();
  } finally {
    busy = false;
    $("review")?.removeAttribute("aria-busy");
  }
}

/** What came is another page: nothing is left, the session is over, or the site is in trouble. */
function leave(reply) {
  if (reply.ok && reply.url) window.location.assign(reply.url);
  else complain();
}

function complain() {
  const problem = $("problem") ?? Object.assign(document.createElement("p"), { id: "problem", className: "error" });
  problem.setAttribute("role", "alert");
  problem.textContent = words.offline;
  $("review").prepend(problem);
}

document.addEventListener("submit", (event) => {
  if (!event.target.closest("#review")) return;
  event.preventDefault();
  const form = new FormData(event.target, event.submitter);
  if (!form.has("note") && $("note")) form.set("note", $("note").value);
  swap(event.target.action, { method: "POST", body: new URLSearchParams(form) });
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("#review a[data-swap]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  swap(link.href);
});

window.addEventListener("popstate", () => swap(window.location.href, {}, false));

// ---------- keys

function pressed(event) {
  const typed = !event.altKey && /^[ -~]$/.test(event.key); // else by its place: Alt and other scripts change the letter
  return (typed ? event.key : CODE.exec(event.code)?.[1])?.toLowerCase();
}

function act(key) {
  const target = document.querySelector(`#review [data-key="${CSS.escape(key)}"]`);
  if (!target) return false;
  if (!target.matches(TYPING)) target.click();
  else {
    target.focus();
    target.setSelectionRange(target.value.length, target.value.length);
  }
  return true;
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches?.(TYPING);
  if (event.key === "Escape" && typing) return $("asked").focus();
  const undoing = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key === "z";
  if ((event.ctrlKey || event.metaKey) && !undoing) return;
  if (typing ? !event.altKey : !(event.altKey || undoing || $("single").checked)) return;
  if (event.repeat || event.isComposing) return;
  const key = pressed(event);
  if (key && act(key)) event.preventDefault();
});

function remembered() {
  try {
    return localStorage.getItem(SINGLE) !== "off";
  } catch {
    return true;
  }
}

$("keys").hidden = false;
$("single").checked = remembered();
$("single").addEventListener("change", (event) => {
  try {
    localStorage.setItem(SINGLE, event.target.checked ? "on" : "off");
  } catch {
    // a browser that keeps nothing: the choice holds for this page
  }
});
showLine();
fetchNextPicture();
