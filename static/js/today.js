/* Keeps the head of the home page up to date on the days of the symposium: the server renders the
   current and the next sessions, minute by minute. */

const MINUTE = 60_000;
const part = (page) => page.querySelector("[data-today]");

async function refresh() {
  if (document.hidden) return;
  const response = await fetch(location.href);
  if (!response.ok) return;
  const fresh = part(new DOMParser().parseFromString(await response.text(), "text/html"));
  if (!fresh) {
    location.reload(); // the symposium is over
    return;
  }
  const old = part(document);
  if (fresh.isEqualNode(old)) return;
  const focused = old.contains(document.activeElement) && document.activeElement.href;
  old.replaceWith(document.adoptNode(fresh));
  if (!focused) return;
  [...fresh.querySelectorAll("a")].find(({ href }) => href === focused)?.focus({ preventScroll: true });
}

const tryToRefresh = () => refresh().catch(() => {}); // without a network, the next minute tries again
setInterval(tryToRefresh, MINUTE);
document.addEventListener("visibilitychange", tryToRefresh);
