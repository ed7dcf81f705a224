/* Shows the visitor's local time under a time of the edition, where the two differ. In a timetable
   it stands under the hours, if the visitor switches it on; "own-time" in localStorage. */

const { lang, dataset } = document.documentElement;
const locale = `${lang}-u-nu-latn`;
const hours = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const weekday = new Intl.DateTimeFormat(locale, { weekday: "short" });
const [, city] = hours.resolvedOptions().timeZone.match(/^(?!Etc).+\/(.+)/) ?? [];

function ownTime(element) {
  const text = element.getAttribute("datetime");
  const start = new Date(text);
  const east = Date.parse(`${text.slice(0, 19)}Z`) - start; // milliseconds east of UTC
  if (east === start.getTimezoneOffset() * -60_000) return null;
  const end = element.dataset.localEnd && new Date(element.dataset.localEnd);
  const span = end ? `${hours.format(start)}–${hours.format(end)}` : hours.format(start);
  const sameDay = start.getDate() === Number(text.slice(8, 10));
  const isolated = `\u2066${span}\u2069`;
  return sameDay ? isolated : `${weekday.format(start)} ${isolated}`;
}

function ownLine(element) {
  return element.closest(".when") && document.querySelector("[data-own-line] span");
}

const KEY = "own-time";

function remembered() {
  try {
    return localStorage.getItem(KEY) === "1";
  } catch {
    return false; // localStorage is blocked
  }
}

function remember(isShown) {
  try {
    if (isShown) localStorage.setItem(KEY, "1");
    else localStorage.removeItem(KEY);
  } catch {
    // it lasts as long as the page
  }
}

function show(button, isShown) {
  document.documentElement.toggleAttribute("data-own-time-shown", isShown);
  button.setAttribute("aria-pressed", String(isShown));
}

function offer(button) {
  button.hidden = false;
  show(button, remembered());
  button.addEventListener("click", () => {
    const isShown = button.getAttribute("aria-pressed") !== "true";
    show(button, isShown);
    remember(isShown);
  });
}

for (const element of document.querySelectorAll("time[data-local]")) {
  const time = !element.closest(".tt .tt-item") && ownTime(element);
  if (!time) continue;
  const line = element.closest(".tt-time, .tt-meta, p, dd, li");
  const own = ownLine(element);
  if (own) own.closest("[data-own-line]").hidden = false;
  const span = own ?? document.createElement("span");
  if (!own) span.className = "own-time";
  const where = line.matches("dd") && city;
  span.textContent = dataset.ownTime.replace("{time}", time)
    .replace(/ \(.+?\)$/, where ? ` (\u2068${city.replaceAll("_", " ")}\u2069)` : "");
  if (!own) line.append(span);
}

const button = document.querySelector("[data-own-switch]");
if (button && document.querySelector(".tt-time .own-time")) offer(button);
