/* What /sw.js brings in, in the place of service-worker.js, where the setting OFFLINE is off: throws away
   what browsers have kept, and leaves them. Pages do so as well (offline-disable.js): this is for those
   that are open. */

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
