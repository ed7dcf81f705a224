/* Shows the starred sessions of the page, by slot: those that overlap are a choice. */

const programme = document.querySelector("[data-mine]");
const part = (name) => document.querySelector(`[data-mine-${name}]`);
const share = part("share");
const choice = part("choice");
const calendar = part("calendar");
const days = [...programme.querySelectorAll("[data-mine-day]")].map((day) => ({
  day,
  list: day.querySelector(".slots"),
  rows: [...day.querySelectorAll("[data-entry]")],
}));
const rows = days.flatMap((day) => day.rows);
const calendarLinks = Array.from(calendar.querySelectorAll("a"), (link) => [link, link.href]);

let drawn = false;

/* Returns the rows between which to choose, or each alone: a session and its talks are no choice. */
function parts(group) {
  const families = new Set(group.map((row) => row.dataset.family));
  return families.size > 1 ? [group] : group.map((row) => [row]);
}

/* Groups starred rows, in order: one that overlaps the group before joins it. */
function groups(list, ids) {
  const found = [];
  let [held, end] = [null, 0];
  for (const row of list) {
    const { entry, from, to } = row.dataset;
    const isHeld = from && ids.has(entry);
    if (isHeld && held && +from < end) {
      held.push(row);
    } else {
      found.push([row]);
      if (isHeld) [held, end] = [found.at(-1), +to];
    }
    if (isHeld) end = Math.max(end, +to);
  }
  return found.flatMap(parts);
}

/* Returns the row, or the item that holds the rows between which to choose. */
function item(group) {
  if (group.length === 1) return group[0];
  const made = choice.content.firstElementChild.cloneNode(true);
  const [start, count] = made.querySelectorAll("p bdi, p span");
  start.textContent = group[0].querySelector("time").textContent;
  count.textContent = count.textContent.replace("{count}", group.length);
  made.querySelector(".slots").append(...group);
  return made;
}

/* Moves the rows into their groups; the button that was pressed stays in focus. */
function arrange({ day, list, rows: inDay }, ids) {
  const focused = document.activeElement;
  const shown = inDay.filter((row) => !row.hidden);
  const hidden = inDay.filter((row) => row.hidden);
  list.replaceChildren(...groups(shown, ids).map(item), ...hidden);
  day.hidden = !shown.length;
  if (day.contains(focused)) focused.focus({ preventScroll: true });
}

function draw(ids) {
  drawn = true;
  const starred = rows.filter((row) => ids.has(row.dataset.entry));
  for (const row of starred) row.hidden = false; // a row without its star stays until a reload
  for (const day of days) arrange(day, ids);
  part("empty").hidden = rows.some((row) => !row.hidden);
  const first = starred.slice(0, Number(share.dataset.most)); // in the programme's order
  const numbers = first.map((row) => Number(row.dataset.number)).sort((a, b) => a - b).join("-");
  share.hidden = calendar.hidden = !numbers;
  share.href = `${numbers}/`;
  for (const [link, address] of calendarLinks) link.href = address.replace(/0(?=\.ics)/, numbers);
}

addEventListener("stars:drawn", (event) => draw(event.detail));
addEventListener("load", () => {
  if (!rows.length) draw(new Set()); // no session to star
  part("blocked").hidden = drawn; // localStorage is blocked
});
