/* Under a time of the edition, the visitor's own, where the two clocks differ. */

const { lang, dataset } = document.documentElement;
const locale = `${lang}-u-nu-latn`;
const hours = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const weekday = new Intl.DateTimeFormat(locale, { weekday: "short" });
// Europe/Paris is Paris; Etc/GMT-1 is no place.
const [, place] = hours.resolvedOptions().timeZone?.match(/^(?!Etc\/).+\/(.+)$/) ?? [];
const city = place?.replaceAll("_", " ");

/* Minutes east of UTC, as the edition's own clock writes them: "…+01:00", "…Z". */
function offset(text) {
  const [, sign, hour, minute] = text.match(/([+-])(\d\d):?(\d\d)$/) ?? [null, "+", 0, 0];
  return Number(`${sign}1`) * (Number(hour) * 60 + Number(minute));
}

function ownTime(element) {
  const text = element.getAttribute("datetime");
  const start = new Date(text);
  if (Number.isNaN(start.getTime()) || offset(text) === -start.getTimezoneOffset()) return null;
  const end = element.dataset.localEnd && new Date(element.dataset.localEnd);
  const span = end ? `${hours.format(start)}–${hours.format(end)}` : hours.format(start);
  const sameDay = start.getDate() === Number(text.slice(8, 10));
  const isolated = `\u2066${span}\u2069`; // hours read left to right in Arabic too
  return sameDay ? isolated : `${weekday.format(start)} ${isolated}`;
}

/* Whose time it is; where, among the facts of a session, and not again in each line of a list. */
function words(time, isFact) {
  const where = isFact && city ? `\u2068${city}\u2069` : null;
  const said = where ? dataset.ownTime : dataset.ownTime.replace(/\s*\(\{city\}\)/, "");
  return said.replace("{time}", time).replace("{city}", where);
}

if (dataset.ownTime) {
  for (const element of document.querySelectorAll("time[data-local]")) {
    const time = ownTime(element);
    if (!time) continue;
    const line = element.closest(".tt-meta, p, dd, li") ?? element.parentElement;
    if (line.closest(".tt-break")) continue; // who is not there has no break
    const span = document.createElement("span");
    span.className = "own-time";
    span.textContent = words(time, line.matches("dd"));
    line.append(span);
  }
}
