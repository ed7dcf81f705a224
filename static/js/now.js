/* Marks the current time, the current and the next sessions on the day. Dispatches `now:drawn` with the
   time in milliseconds. */

const NEAR = 36 * 3_600_000; // milliseconds from a session: farther off, the server is not asked

let drift = 0; // the server's clock minus this one, which may be wrong
const now = () => Date.now() + drift;

const place = (element, letter) => Number(element.className.match(`\\btt-${letter}(\\d+)`)?.[1]);
const instant = (time) => Date.parse(time.getAttribute("datetime"));

function cardsOf(element) {
  return [...element.querySelectorAll(".tt-item")].flatMap((card) => {
    const times = [...card.querySelectorAll(".tt-meta time[datetime]")].map(instant);
    const row = place(card, "s");
    return times.length < 2 ? [] : [{ card, row, rows: place(card, "d"), start: times[0], end: times[1] }];
  });
}

/* Returns the rows with a known time, in order. */
function rowsOf(element, cards) {
  const known = new Map();
  for (const heading of element.querySelectorAll(".tt-time")) {
    known.set(place(heading, "s"), instant(heading.querySelector("time")));
  }
  for (const { row, rows, start, end } of cards) known.set(row, start).set(row + rows, end);
  return [...known].map(([row, at]) => ({ row, at })).sort((a, b) => a.at - b.at);
}

/* Returns minutes east of UTC, from the server's text: a browser's time zone data may be old. */
function offset(text) {
  const [, sign, hour, minute] = text.match(/([+-])(\d\d):?(\d\d)$/) ?? [null, "+", 0, 0];
  return Number(`${sign}1`) * (Number(hour) * 60 + Number(minute));
}

function read(element) {
  const cards = cardsOf(element);
  const first = element.querySelector("time[datetime]")?.getAttribute("datetime");
  return { element, cards, rows: rowsOf(element, cards), east: offset(first ?? "") };
}

const clock = (east) => new Date(now() + east * 60_000).toISOString();
const isToday = ({ element, east }) => clock(east).startsWith(element.dataset.day);

function placeMarker({ element, rows, east }) {
  const marker = element.querySelector(".tt-now");
  const next = rows.findIndex(({ at }) => at > now());
  marker.hidden = next < 1;
  if (marker.hidden) return;
  const [from, to] = [rows[next - 1], rows[next]];
  const at = from.row + ((now() - from.at) / (to.at - from.at)) * (to.row - from.row);
  const row = Math.floor(at);
  marker.className = `tt-now tt-s${row} tt-d1 tt-f${Math.floor((at - row) * 4)}`;
  marker.querySelector("bdi").textContent = clock(east).slice(11, 16);
  const groups = [...element.querySelectorAll(".tt-group")];
  const later = groups.find((group) => instant(group.querySelector("time")) > now()) ?? null;
  if (marker.nextElementSibling !== later) element.insertBefore(marker, later);
}

function tagNext(card, isNext, words) {
  card.querySelector("[data-next]")?.remove();
  if (!isNext) return;
  const tag = document.createElement("span");
  tag.className = "tag";
  tag.dataset.next = "";
  tag.textContent = words;
  card.querySelector(".tt-meta").append(tag);
}

function drawTimetable(timetable) {
  const { element, cards } = timetable;
  const today = isToday(timetable);
  const held = cards.filter(({ card }) => !card.matches(".tt-cancelled"));
  const first = Math.min(...held.map(({ start }) => start).filter((start) => start > now()));
  for (const { card, start, end } of held) {
    const live = start <= now() && now() < end;
    card.classList.toggle("tt-live", live);
    for (const tag of card.querySelectorAll("[data-live]")) tag.hidden = !live;
    tagNext(card, today && start === first, element.dataset.next);
  }
  if (today) placeMarker(timetable);
  else element.querySelector(".tt-now").hidden = true;
}

// The time

async function askTheServer() {
  const response = await fetch("/healthz", { method: "HEAD", cache: "no-store" });
  const gap = Date.parse(response.headers.get("Date")) - Date.now();
  if (Math.abs(gap) > 5_000) drift = gap; // Date has whole seconds, plus the transfer
}

const timetables = [...document.querySelectorAll(".tt[data-day]")].map(read);
const isNear = ({ rows }) => rows.some(({ at }) => Math.abs(at - Date.now()) < NEAR);

function draw() {
  timetables.forEach(drawTimetable);
  dispatchEvent(new CustomEvent("now:drawn", { detail: now() }));
}

draw();
setInterval(draw, 30_000);
if (timetables.some(isNear)) askTheServer().then(draw, () => {});
