/** Shows /offline/ where a page cannot be fetched; touches nothing else. The list of what is kept names its version. */
const SHELF = "offline-{{ version }}";
const PAGE = "{{ page }}";
const KEPT = [PAGE{% for asset in assets %}, "{{ asset }}"{% endfor %}];

addEventListener("install", (event) => event.waitUntil(keep()));
addEventListener("activate", (event) => event.waitUntil(tidy()));
addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(visit(event));
  else if (KEPT.includes(new URL(request.url).pathname)) event.respondWith(fetch(request).catch(() => caches.match(request)));
});

async function keep() {
  const shelf = await caches.open(SHELF);
  await shelf.addAll(KEPT);
  await skipWaiting();
}

async function tidy() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("offline-") && name !== SHELF).map((name) => caches.delete(name)));
  await registration.navigationPreload?.enable();
}

/** The page itself, asked for while this worker was still waking up; without a connection the one that is kept. */
async function visit({ request, preloadResponse }) {
  try {
    return (await preloadResponse) ?? (await fetch(request));
  } catch {
    return caches.match(PAGE);
  }
}
