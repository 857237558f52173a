/** The preview of a question and what it will take follow the form; without this script its button shows them. */
const form = document.querySelector("#question");
const refreshed = document.querySelector("#refreshed");
let waiting, asking;

async function refresh() {
  asking?.abort();
  asking = new AbortController();
  const body = new FormData(form);
  body.set("preview", "1");
  try {
    const reply = await fetch(location.href, { method: "POST", body, headers: { "X-Part": "parts" }, signal: asking.signal });
    if (reply.redirected || (!reply.ok && reply.status !== 422)) return; // no longer signed in: saving says so
    const parts = new DOMParser().parseFromString(await reply.text(), "text/html").querySelectorAll("[data-part]");
    for (const part of parts) document.querySelector(`#${part.dataset.part}`).innerHTML = part.innerHTML;
    refreshed.textContent = refreshed.dataset.said;
  } catch (error) {
    if (error.name !== "AbortError") document.querySelector("#look").hidden = false;
  }
}

document.querySelector("#look").hidden = true;
form.addEventListener("input", () => {
  clearTimeout(waiting);
  refreshed.textContent = "";
  waiting = setTimeout(refresh, 350);
});
