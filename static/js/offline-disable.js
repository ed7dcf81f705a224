/* Pages load this in place of offline.js if the setting OFFLINE is off: it deletes the caches and
   unregisters the service worker.

   /sw.js does so too (service-worker-uninstall.js), but Chromium makes it wait while the old worker
   is busy, and restores it if a window registers it while it leaves. A page need not wait. */

const { serviceWorker } = navigator;

/* The worker still controls this page and may cache more; the next page has no worker. */
async function leave() {
  const registration = await serviceWorker.getRegistration();
  await registration?.unregister();
  for (const name of await caches.keys()) await caches.delete(name);
}

if (serviceWorker) leave().catch(() => {}); // storage is blocked: nothing was cached
