/* Shows the current and next sessions on the home page: cards of today, marked by now.js. */

const today = document.querySelector("[data-today]");
const source = document.createElement("div"); // the timetable that now.js reads, not shown
const MOST = 6; // in each list; the programme has them all

function fill(name, cards) {
  const part = today.querySelector(`[data-today-${name}]`);
  const list = part.querySelector("div");
  const copies = cards.slice(0, MOST).map((card) => card.cloneNode(true));
  part.hidden = !copies.length;
  const old = [...list.children];
  const same = old.length === copies.length && old.every((card, n) => card.isEqualNode(copies[n]));
  if (!same) list.replaceChildren(...copies); // leave an unchanged list as it is
}

function draw() {
  const cards = [...source.querySelectorAll(".tt-item")];
  fill("live", cards.filter((card) => card.matches(".tt-live")));
  fill("next", cards.filter((card) => card.querySelector("[data-next]")));
  today.hidden = !today.querySelector(".tt-item");
}

async function start() {
  const response = await fetch(today.dataset.today);
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  source.hidden = true;
  source.append(...page.querySelectorAll(".tt[data-day]"));
  today.before(source);
  addEventListener("now:drawn", draw);
  await import(today.dataset.now);
}

start().catch(() => {}); // without a network the page still links to the cached programme
