/* Shows, among all the sessions of the page, those with a star, and which of them clash. */

const programme = document.querySelector("[data-mine]");
const rows = [...programme.querySelectorAll("[data-entry]")];
const share = document.querySelector("[data-mine-share]");
const part = (name) => document.querySelector(`[data-mine-${name}]`);

let drawn = false;

function clash(one, other) {
  const [a, b] = [one.dataset, other.dataset];
  return one !== other && a.from && b.from && +a.from < +b.to && +b.from < +a.to;
}

/* Names in a row the sessions held at the same time, each a link as in its own row. */
function drawClashes(row, others) {
  const place = row.querySelector("[data-clash]");
  const links = others.map((other) => other.querySelector("a").cloneNode(true));
  const words = links.flatMap((link, n) => (n ? [programme.dataset.comma, link] : [link]));
  place.querySelector("[data-clash-with]").replaceChildren(...words);
  place.hidden = !others.length;
}

function draw(ids) {
  drawn = true;
  const starred = rows.filter((row) => ids.has(row.dataset.entry));
  for (const row of starred) row.hidden = false; // one that loses its star stays until the next visit
  for (const row of rows) {
    drawClashes(row, starred.includes(row) ? starred.filter((other) => clash(row, other)) : []);
  }
  for (const day of programme.querySelectorAll("[data-mine-day]")) {
    day.hidden = !day.querySelector("[data-entry]:not([hidden])");
  }
  part("empty").hidden = rows.some((row) => !row.hidden);
  const first = starred.slice(0, Number(share.dataset.most)); // of the programme, as the rows are
  const numbers = first.map((row) => Number(row.dataset.number)).sort((a, b) => a - b);
  share.hidden = !numbers.length;
  share.href = `${numbers.join("-")}/`;
}

addEventListener("stars:drawn", (event) => draw(event.detail));
addEventListener("load", () => {
  if (!rows.length) draw(new Set()); // there is nothing to star
  part("blocked").hidden = drawn; // this browser keeps nothing
});
