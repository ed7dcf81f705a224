/* Starred sessions, in this browser's localStorage under "stars:<edition>".

   Dispatches `stars:toggled` {edition, id, starred} and `stars:drawn` with the ids. Listens to
   `stars:changed`. */

const forms = [...document.querySelectorAll("[data-star]")];
const only = document.querySelector("[data-stars-only]");
const status = document.querySelector("[data-stars-status]");
const nothing = document.querySelector("[data-stars-empty]");
const timetables = document.querySelectorAll(".tt");
const edition = (only ?? forms[0])?.dataset.starEdition;
const key = `stars:${edition}`;

function read() {
  try {
    const ids = JSON.parse(localStorage.getItem(key) ?? "[]");
    return new Set(Array.isArray(ids) ? ids.map(String) : []);
  } catch (error) {
    if (error instanceof SyntaxError) return new Set();
    throw error;
  }
}

function usable() {
  try {
    localStorage.setItem(key, JSON.stringify([...read()]));
    return true;
  } catch {
    return false;
  }
}

function toggle(id) {
  const ids = read();
  const starred = !ids.delete(id);
  if (starred) ids.add(id);
  localStorage.setItem(key, JSON.stringify([...ids]));
  draw();
  dispatchEvent(new CustomEvent("stars:toggled", { detail: { edition, id, starred } }));
}

function drawStar(form, starred) {
  const button = form.querySelector("button");
  const icon = button.querySelector("use");
  const { labelAdd, labelRemove } = button.dataset;
  button.toggleAttribute("data-starred", starred);
  button.querySelector("span").textContent = starred ? labelRemove : labelAdd;
  icon.setAttribute("href", icon.getAttribute("href").replace(/#.*/, starred ? "#star-fill" : "#star"));
  form.hidden = false;
}

function draw() {
  const ids = read();
  for (const form of forms) drawStar(form, ids.has(form.dataset.star));
  for (const count of document.querySelectorAll("[data-stars-count]")) count.textContent = ids.size;
  if (only && timetables.length) filter(ids, only.getAttribute("aria-pressed") === "true");
  dispatchEvent(new CustomEvent("stars:drawn", { detail: ids }));
}

/* Shows all cards, or those with a star, of their own or of a talk; returns the number of stars. */
function filter(ids, starredOnly) {
  let shown = 0;
  for (const card of document.querySelectorAll(".tt .tt-item")) {
    const starred = [...card.querySelectorAll("[data-star]")].filter((form) => ids.has(form.dataset.star));
    card.hidden = starredOnly && !starred.length;
    shown += starred.length;
  }
  for (const group of document.querySelectorAll(".tt-group")) {
    group.hidden = !group.querySelector(".tt-item:not([hidden])");
  }
  for (const timetable of timetables) timetable.classList.toggle("tt-starred", starredOnly);
  if (nothing) nothing.hidden = !starredOnly || shown > 0;
  return shown;
}

function announce(starredOnly, shown) {
  if (!status) return;
  const { all, other, ...texts } = status.dataset;
  const plural = new Intl.PluralRules(document.documentElement.lang).select(shown);
  status.textContent = starredOnly ? (texts[plural] ?? other).replace("{count}", shown) : all;
}

if ((forms.length || only) && usable()) {
  for (const link of document.querySelectorAll("[data-star-link]")) link.hidden = true;
  draw();
  for (const form of forms) {
    form.addEventListener("submit", (event) => event.preventDefault());
    form.querySelector("button").addEventListener("click", () => toggle(form.dataset.star));
  }
  if (only && timetables.length) {
    only.hidden = false;
    only.addEventListener("click", (event) => {
      event.preventDefault();
      const starredOnly = only.getAttribute("aria-pressed") !== "true";
      only.setAttribute("aria-pressed", String(starredOnly));
      announce(starredOnly, filter(read(), starredOnly));
    });
  }
  addEventListener("storage", (event) => {
    if (event.key === key || event.key === null) draw();
  });
  addEventListener("stars:changed", draw);
}
