/* Shows the starred sessions of the page, and which of them clash. */

const programme = document.querySelector("[data-mine]");
const rows = [...programme.querySelectorAll("[data-entry]")];
const share = document.querySelector("[data-mine-share]");
const part = (name) => document.querySelector(`[data-mine-${name}]`);

let drawn = false;

function clash(one, other) {
  const [a, b] = [one.dataset, other.dataset];
  return one !== other && a.from && b.from && +a.from < +b.to && +b.from < +a.to;
}

/* Lists in a row the sessions at the same time, each as the link of its own row. */
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
  for (const row of starred) row.hidden = false; // a row without its star stays until a reload
  for (const row of rows) {
    drawClashes(row, starred.includes(row) ? starred.filter((other) => clash(row, other)) : []);
  }
  for (const day of programme.querySelectorAll("[data-mine-day]")) {
    day.hidden = !day.querySelector("[data-entry]:not([hidden])");
  }
  part("empty").hidden = rows.some((row) => !row.hidden);
  const first = starred.slice(0, Number(share.dataset.most)); // in the programme's order
  const numbers = first.map((row) => Number(row.dataset.number)).sort((a, b) => a - b);
  share.hidden = !numbers.length;
  share.href = `${numbers.join("-")}/`;
}

addEventListener("stars:drawn", (event) => draw(event.detail));
addEventListener("load", () => {
  if (!rows.length) draw(new Set()); // no session to star
  part("blocked").hidden = drawn; // localStorage is blocked
});
