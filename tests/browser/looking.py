"""What is wrong with a page as it stands: on a desktop by day, on a phone at night, in a window of 320 pixels."""

from axe_playwright_python.base import AXE_SCRIPT

NARROW = {"width": 320, "height": 568}
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}
NIGHT, DAY = (PHONE, "dark"), (DESKTOP, "light")
RUN_AXE = """async (without) => {
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const { violations } = await axe.run(without ? { exclude: without } : document, {
    resultTypes: ["violations"], // of the others the first node alone: telling all takes longer than looking
    rules: { "target-size": { enabled: true } },
  });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => [id, target.join(" ")]));
}"""


def faults_in(page, looks, repeated=None):
    """Return ``[(light, rule of axe, selector)]`` and ``[(width, "sticks out")]``; the page keeps its size.

    What the selector ``repeated`` finds is the same again as what stands before it: axe sees it by day only.
    """
    usual = page.viewport_size
    found = []
    page.set_viewport_size(NARROW)
    found += sticking_out(page)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    for size, light in looks:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=light)
        without = repeated if light == "dark" else None
        found += [(light, *fault) for fault in page.evaluate(RUN_AXE, without)] + sticking_out(page)
    page.set_viewport_size(usual)
    return found


def sticking_out(page):
    """Return the width of the window where something is wider."""
    wider = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [(page.viewport_size["width"], "sticks out")] if wider else []
