/* /sw.js loads this in place of service-worker.js if the setting OFFLINE is off: it deletes the
   caches and unregisters the worker. New pages do so as well (offline-disable.js): this is for open
   pages. */

async function leave() {
  try {
    for (const name of await caches.keys()) await caches.delete(name);
  } finally {
    await self.clients.claim(); // open pages use the network from now on
    await self.registration.unregister();
  }
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(leave()));
