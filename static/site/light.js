/** The visitor's own choice of day or night, kept on the device alone; read before anything is drawn, so that nothing flashes. */
(() => {
  const root = document.documentElement;
  let kept = "";
  try {
    kept = localStorage.getItem("light") ?? "";
  } catch {} // a browser that keeps nothing goes by the device
  if (kept === "day" || kept === "night") root.dataset.theme = kept;

  const choose = (light) => {
    if (light) root.dataset.theme = light;
    else delete root.dataset.theme;
    try {
      if (light) localStorage.setItem("light", light);
      else localStorage.removeItem("light");
    } catch {}
    mark();
  };
  const mark = () => {
    for (const button of document.querySelectorAll("#lights button"))
      button.setAttribute("aria-pressed", button.value === (root.dataset.theme ?? ""));
  };
  addEventListener("DOMContentLoaded", () => {
    const lights = document.querySelector("#lights");
    if (!lights) return;
    lights.hidden = false;
    lights.addEventListener("click", ({ target }) => target.matches("button") && choose(target.value));
    mark();
  });
})();
