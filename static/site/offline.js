/** Keep a page for times without a connection; a browser that cannot do so shows its own. */
addEventListener("load", () => navigator.serviceWorker?.register("/offline-worker.js").catch(() => {}));
