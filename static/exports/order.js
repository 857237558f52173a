/** While a version is being made, fetch the page once a second and show how far it is; then show the page anew. */
const PAUSE = 1000;
const order = document.getElementById("order");

async function look() {
  try {
    const reply = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const now = page.getElementById("order");
    if (!now) return location.reload();
    if (now.dataset.underWay !== "yes") return location.reload();
    show(now);
  } catch { /* offline: look again */ }
  setTimeout(look, PAUSE);
}

/** Only the figures move, so that a screen reader is not told the same sentence each second. */
function show(now) {
  const bar = order.querySelector("progress");
  const next = now.querySelector("progress");
  if (!bar || !next) return order.replaceChildren(...now.childNodes);
  bar.value = next.value;
  order.querySelector(".num").textContent = now.querySelector(".num").textContent;
}

if (order?.dataset.underWay === "yes") {
  order.setAttribute("role", "none");
  order.querySelector(".without-script")?.remove();
  setTimeout(look, PAUSE);
}
