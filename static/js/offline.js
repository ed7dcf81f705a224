/* Has the site cached by service-worker.js. On a cached page, shows its date. */

const { serviceWorker } = navigator;
const { lang, dataset } = document.documentElement;

function hour(text) {
  const at = new Date(text);
  const today = at.toDateString() === new Date().toDateString();
  const day = today ? {} : { day: "numeric", month: "long" };
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return new Intl.DateTimeFormat(`${lang}-u-nu-latn`, { ...day, ...clock }).format(at);
}

function sayAge() {
  const line = document.querySelector("[data-offline]");
  if (!line || !dataset.kept) return;
  line.hidden = false;
  line.querySelector("p").textContent = line.dataset.offline.replace("{time}", hour(dataset.kept));
}

/* Links to prefetch, useful on the way. */
const AHEAD = [
  ".brand",
  "#menu :is(a[href$='/abstract/'], a[href$='/pages/practical/'])",
  ".menu-sheet a[href$='/my-programme/']",
  ".p-days a",
  ".tt-item :is(h3, h4) a",
  ".account .booking-list a",
  "[aria-labelledby=account-menu] a[href$='/my/programme/']",
].join();

/* The other languages of a public page, after those. */
const LANGUAGES = "head:has([rel=canonical]) ~ body .topbar .langs a:not([aria-current])";

const bare = (address) => address.split("#")[0];

/* Also this page and its files if it loaded before the worker. */
function ahead() {
  const find = (links) => (navigator.connection?.saveData ? [] : [...document.querySelectorAll(links)]);
  const linked = [...find(AHEAD), ...find(LANGUAGES)].map(({ href }) => bare(href));
  if (serviceWorker.controller) return linked;
  const files = performance.getEntriesByType("resource").map(({ name }) => name);
  return [bare(location.href), ...files, ...linked];
}

async function start() {
  await serviceWorker.register("/sw.js");
  const addresses = ahead();
  const { active } = await serviceWorker.ready;
  if (addresses.length && !dataset.kept) active.postMessage({ keep: addresses });
}

/* In case the worker does not control this page. */
function forget({ target }) {
  if (/\/(?:accounts|my\/erase)\//.test(target.action)) caches.delete("private").catch(() => {});
}

sayAge();
if (serviceWorker) {
  const begin = () => start().catch(() => {});
  // with a limit: a window that draws without a pause, or not at all, is never idle
  const whenIdle = () => (window.requestIdleCallback ?? setTimeout)(begin, { timeout: 2_000 });
  addEventListener("load", whenIdle);
  document.addEventListener("submit", forget);
}
