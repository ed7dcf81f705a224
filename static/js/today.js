/* Keeps the head of the home page up to date on the days of the symposium: the server renders what
   is on and what comes next, minute by minute. */

const MINUTE = 60_000;
const part = (page) => page.querySelector("[data-today]");

async function refresh() {
  const response = await fetch(location.href);
  if (document.hidden || !response.ok) return;
  const fresh = part(new DOMParser().parseFromString(await response.text(), "text/html"));
  if (!fresh) location.reload(); // the symposium is over
  else if (!fresh.isEqualNode(part(document))) part(document).replaceWith(document.adoptNode(fresh));
}

setInterval(() => refresh().catch(() => {}), MINUTE); // without a network, the next minute tries again
