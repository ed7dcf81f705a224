/* What /sw.js brings in, in the place of worker.js, where the setting OFFLINE is off: throws away
   what browsers have kept, and leaves them. */

async function leave() {
  try {
    for (const name of await caches.keys()) await caches.delete(name);
  } finally {
    await self.clients.claim(); // the pages that are open ask the network from now on
    await self.registration.unregister();
  }
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(leave()));
// A window that was open before may register this worker just as it leaves, and browsers then take
// the registration back: it leaves again with whatever is asked next.
self.addEventListener("fetch", (event) => event.waitUntil(leave()));
