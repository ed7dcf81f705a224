/* Has the site kept for when there is no network (see worker.js), and says so on a kept page. */

const { serviceWorker } = navigator;
const { lang, dataset } = document.documentElement;

function hour(text) {
  const at = new Date(text);
  const today = at.toDateString() === new Date().toDateString();
  const day = today ? {} : { day: "numeric", month: "long" };
  const hour = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return new Intl.DateTimeFormat(`${lang}-u-nu-latn`, { ...day, ...hour }).format(at);
}

function sayAge() {
  const line = document.querySelector("[data-offline]");
  if (!line || !dataset.kept) return;
  line.hidden = false;
  line.querySelector("p").textContent = line.dataset.offline.replace("{time}", hour(dataset.kept));
}

/* This page and its files, if they came before the worker did, and what a timetable leads to. */
function ahead() {
  const links = document.querySelectorAll(".day-tabs a, .tt-item :is(h3, h4) a");
  const linked = navigator.connection?.saveData ? [] : Array.from(links, (link) => link.href);
  if (serviceWorker.controller) return linked;
  const files = performance.getEntriesByType("resource").map(({ name }) => name);
  return [location.href.split("#")[0], ...files, ...linked];
}

async function start() {
  await serviceWorker.register("/sw.js");
  const addresses = ahead();
  const { active } = await serviceWorker.ready;
  if (addresses.length && !dataset.kept) active.postMessage({ keep: addresses });
}

/* The worker sees a form sent to sign in or out, unless the page was loaded past it. */
function forget({ target }) {
  if (/\/(?:accounts|my\/erase)\//.test(target.action)) caches.delete("private").catch(() => {});
}

sayAge();
if (serviceWorker) {
  addEventListener("load", () => start().catch(() => {})); // nothing is kept, that is all
  document.addEventListener("submit", forget);
}
