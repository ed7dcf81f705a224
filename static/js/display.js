/* An unattended screen: by the clock it shows the current and the next sessions; each minute it
   requests changes, and without a network it goes on with its last data. */

const PERIOD = 60_000;
const PATIENCE = 20_000;
const SILENCE = 150_000; // after two failed requests the screen shows the age of its data
const TURN = 12_000; // between two pages of a long day
const AT_THE_DOOR = 3; // sessions to come
const SMALLEST = { door: 5, lobby: 1 }; // the smallest of the text sizes in display.css

const { lang, dataset } = document.documentElement;
const locale = `${lang}-u-nu-latn`;
const relative = new Intl.RelativeTimeFormat(locale);
const dayAndHour = new Intl.DateTimeFormat(locale, {
  weekday: "long", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "UTC",
});

let drift = 0; // the server's clock minus this machine's, which may be hours off
let heard = Date.parse(dataset.kept) || Date.now(); // a page cached by the worker has its date
let tag = null;
let isOlder = false; // than the site, by the last response
let sessions = read();
let minute = "";
let page = 0;

const now = () => Date.now() + drift;
const display = () => document.querySelector("[data-display]");
const part = (name) => display().querySelector(`[data-${name}]`);

/* Returns minutes east of UTC, from the server's text: a screen's time zone data may be old. */
function offset(text) {
  const [, sign, hours, minutes] = text.match(/([+-])(\d\d):?(\d\d)$/) ?? [null, "+", 0, 0];
  return Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes));
}

function read() {
  return [...document.querySelectorAll("[data-session]")].map((element) => {
    const [start, end] = [...element.querySelectorAll("time")].map((time) => time.dateTime);
    const isHeld = !element.matches(".display-cancelled");
    return { element, start: Date.parse(start), end: Date.parse(end), east: offset(start), isHeld };
  });
}

// The sessions shown

/* In the lobby: the current sessions and the rest of the day. At a room: the current session, the
   next few that take place, and the cancelled ones before these. */
function chosen(ahead, coming, at, dateOf) {
  if (display().dataset.display === "lobby") {
    const day = dateOf(Math.max(at, ahead[0].start));
    return ahead.filter(({ start }) => start <= at || dateOf(start) === day);
  }
  const last = coming[AT_THE_DOOR - 1];
  return last ? ahead.slice(0, ahead.indexOf(last) + 1) : ahead;
}

function draw() {
  const at = now();
  const ahead = sessions.filter(({ end }) => end > at);
  const coming = ahead.filter(({ start, isHeld }) => isHeld && start > at);
  const nearest = ahead[0] ?? sessions[sessions.length - 1];
  const east = nearest?.east ?? offset(display().dataset.offset);
  const clock = (time) => new Date(time + east * 60_000).toISOString();
  const hourOf = (time) => clock(time).slice(11, 16);
  const dateOf = (time) => clock(time).slice(0, 10);
  if (clock(at).slice(0, 16) === minute) return;
  minute = clock(at).slice(0, 16);

  const shown = ahead.length ? chosen(ahead, coming, at, dateOf) : [];
  for (const session of sessions) {
    const { element, start, isHeld } = session;
    const later = isHeld && start === coming[0]?.start ? "next" : "later";
    if (shown.includes(session)) element.dataset.state = start <= at ? "now" : later;
    else delete element.dataset.state;
    element.toggleAttribute("data-another-day", dateOf(start) !== dateOf(at));
    const left = Math.ceil((start - at) / 60_000);
    const words = later === "next" && left <= 60 ? ` ${relative.format(left, "minute")}` : "";
    for (const span of element.querySelectorAll("[data-left]")) span.textContent = words;
  }
  part("sessions").toggleAttribute("data-idle", !ahead.some(({ start }) => start <= at));
  part("clock").textContent = hourOf(at);
  part("over").hidden = ahead.length > 0;
  const latest = shown[shown.length - 1]; // a current session may have begun the day before
  if (part("day") && latest) part("day").textContent = latest.element.dataset.date;
  const today = dateOf(heard) === dateOf(at);
  const since = today ? hourOf(heard) : dayAndHour.format(heard + east * 60_000);
  part("age").hidden = at - heard <= SILENCE;
  part("age").textContent = part("age").dataset.age.replace("{time}", `\u2068${since}\u2069`);
  fit();
}

/* Sets the largest text size with which everything fits; a lobby may need several pages. */
function fit() {
  const list = part("sessions");
  for (let size = 0; size <= SMALLEST[display().dataset.display]; size += 1) {
    list.dataset.size = size;
    if (list.scrollHeight <= list.clientHeight && pagesOf(list) === 1) break;
  }
  turn(0);
}

const gapOf = (list) => parseFloat(getComputedStyle(list).columnGap) || 0;

/* Returns the number of pages: the columns, without an empty last one, by the columns of a page. */
function pagesOf(list) {
  const shown = Number(getComputedStyle(list).columnCount) || 1;
  const width = (list.clientWidth + gapOf(list)) / shown;
  const columns = Math.round((list.scrollWidth + gapOf(list)) / width) - 1;
  return Math.max(1, Math.ceil(columns / shown));
}

function turn(by = 1) {
  const list = part("sessions");
  const pages = pagesOf(list);
  page = (page + by) % pages;
  const way = document.documentElement.dir === "rtl" ? -1 : 1;
  list.scrollLeft = way * page * (list.clientWidth + gapOf(list));
  part("page").hidden = pages === 1;
  part("page").firstElementChild.textContent = `${page + 1}/${pages}`;
}

// Changes

/* `AbortSignal.timeout` is missing in older browsers, which a screen may have. */
function patience() {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), PATIENCE);
  return controller.signal;
}

function hear(response) {
  const gap = Date.parse(response.headers.get("Date")) - Date.now();
  if (gap) drift = Math.abs(gap) < 5_000 ? 0 : gap; // Date has whole seconds, plus the transfer
}

function files({ head }) {
  const named = [...head.querySelectorAll("[src], [href]")];
  return named.map((one) => one.getAttribute("src") ?? one.getAttribute("href")).join();
}

function replace(html) {
  const news = new DOMParser().parseFromString(html, "text/html");
  const fresh = news.querySelector("[data-display]");
  if (!fresh) throw new Error("This is no display.");
  const wasOlder = isOlder;
  isOlder = files(news) !== files(document);
  if (wasOlder && isOlder) location.reload(); // twice in a row: the new version is stable
  display().replaceWith(fresh);
  sessions = read();
}

async function ask() {
  try {
    const headers = tag ? { "If-None-Match": tag } : {};
    const response = await fetch(location.href, { cache: "no-store", headers, signal: patience() });
    hear(response);
    if (response.status !== 304) {
      if (!response.ok) throw new Error(`${response.status}`);
      replace(await response.text());
      tag = isOlder ? null : response.headers.get("ETag");
    }
    heard = now();
  } catch {
    isOlder = false; // the screen shows the age of its data
  }
  redraw();
  setTimeout(ask, PERIOD);
}

function redraw() {
  minute = "";
  draw();
}

/* Tablets dim an untouched page unless it holds a wake lock. */
function stayAwake() {
  if (!document.hidden) navigator.wakeLock?.request("screen").catch(() => {});
}

document.documentElement.toggleAttribute("data-on", true);
draw();
setInterval(draw, 1_000);
setInterval(turn, TURN);
setTimeout(ask, 1_000);
addEventListener("resize", redraw);
document.fonts.ready.then(redraw);
document.addEventListener("visibilitychange", stayAwake);
stayAwake();
