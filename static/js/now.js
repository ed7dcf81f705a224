/* On the day, by the edition's clock: where we are in the programme, and what is on. */

const timetable = document.querySelector(".tt[data-day][data-zone]");
const marker = timetable?.querySelector(".tt-now");

const place = (element, letter) => Number(element.className.match(`\\btt-${letter}(\\d+)`)?.[1]);
const instant = (time) => Date.parse(time.getAttribute("datetime"));

function cardsOf(element) {
  return [...element.querySelectorAll(".tt-item")].flatMap((card) => {
    const times = [...card.querySelectorAll(".tt-meta time[datetime]")].map(instant);
    const row = place(card, "s");
    return times.length < 2 ? [] : [{ card, row, rows: place(card, "d"), start: times[0], end: times[1] }];
  });
}

/* Every row that has a known time, in order: an hour shown, or the end of a session. */
function rowsOf(element, cards) {
  const known = new Map();
  for (const heading of element.querySelectorAll(".tt-time")) {
    known.set(place(heading, "s"), instant(heading.querySelector("time")));
  }
  for (const { row, rows, start, end } of cards) known.set(row, start).set(row + rows, end);
  return [...known].map(([row, at]) => ({ row, at })).sort((a, b) => a.at - b.at);
}

function clock(zone, now) {
  const parts = new Intl.DateTimeFormat("en", {
    timeZone: zone, hourCycle: "h23",
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
  }).formatToParts(now);
  const part = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return { day: `${part.year}-${part.month}-${part.day}`, time: `${part.hour}:${part.minute}` };
}

function placeMarker(rows, now, time) {
  const next = rows.findIndex(({ at }) => at > now);
  marker.hidden = next < 1;
  if (marker.hidden) return;
  const [from, to] = [rows[next - 1], rows[next]];
  const at = from.row + ((now - from.at) / (to.at - from.at)) * (to.row - from.row);
  const row = Math.floor(at);
  marker.className = `tt-now tt-s${row} tt-d1 tt-f${Math.floor((at - row) * 4)}`;
  marker.querySelector("bdi").textContent = time;
  const later = [...timetable.querySelectorAll(".tt-group")].find(
    (group) => instant(group.querySelector(".tt-time time")) > now,
  );
  const before = later ?? null;
  if (marker.nextElementSibling !== before) timetable.insertBefore(marker, before);
}

function tick(cards, rows) {
  const now = Date.now();
  const { day, time } = clock(timetable.dataset.zone, now);
  const today = day === timetable.dataset.day;
  for (const { card, start, end } of cards) {
    const live = today && start <= now && now < end && !card.matches(".tt-cancelled");
    card.classList.toggle("tt-live", live);
    for (const tag of card.querySelectorAll("[data-live]")) tag.hidden = !live;
  }
  if (today) placeMarker(rows, now, time);
  else marker.hidden = true;
}

if (marker) {
  const cards = cardsOf(timetable);
  const rows = rowsOf(timetable, cards);
  tick(cards, rows);
  setInterval(() => tick(cards, rows), 30_000);
}
