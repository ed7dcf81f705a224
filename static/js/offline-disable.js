/* What pages bring in, in the place of offline.js, where the setting OFFLINE is off: throws away
   what this browser has kept, and its worker.

   /sw.js does so too (service-worker-uninstall.js), but Chromium has it wait while the worker before it is at
   work, and lets a window that registers it as it leaves have it back. A page waits for nobody. */

const { serviceWorker } = navigator;

/* This page goes on with the worker, which may keep something still; the next one has none. */
async function leave() {
  const registration = await serviceWorker.getRegistration();
  await registration?.unregister();
  for (const name of await caches.keys()) await caches.delete(name);
}

if (serviceWorker) leave().catch(() => {}); // this browser keeps nothing
