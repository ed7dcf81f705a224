/* Codes from a scanner that types like a keyboard, wherever the focus is; names and codes typed
   by hand in the field. Dispatches `checkin:scan` {code}, or {person, name} for a search result. */

const root = document.querySelector("[data-checkin]");
const form = root.querySelector("[data-typing]");
const field = form.elements.code;
const found = root.querySelector("[data-found]");
const GAP = 300; // milliseconds: after a longer pause between two keys a new code begins
const PAUSE = 250; // milliseconds without typing before a search
const CODE = new RegExp(root.dataset.code);

function hasCode(text) {
  return CODE.test(text.toUpperCase());
}

function scan(detail) {
  clearTimeout(pause);
  asked += 1;
  field.value = "";
  found.replaceChildren();
  document.dispatchEvent(new CustomEvent("checkin:scan", { detail }));
}

// The scanner

/* Returns the text as an English keyboard would type it: most scanners expect one, and with a
   French layout their 7 comes out as è. */
function onEnglishKeys(keys) {
  return keys.map(({ code }) => code.match(/^(?:Key|Digit|Numpad)(\w)$/)?.[1] ?? " ").join("");
}

let keys = [];
let last = 0;

document.addEventListener("keydown", (event) => {
  if (event.timeStamp - last > GAP) keys = [];
  last = event.timeStamp;
  if (event.key.length === 1) keys.push(event);
  if (event.key !== "Enter") return;
  const typed = keys.map(({ key }) => key).join("");
  const text = [typed, onEnglishKeys(keys)].find(hasCode);
  keys = [];
  if (!text) return;
  event.preventDefault();
  scan({ code: text });
}, true);

// The field

let asked = 0;
let pause = 0;

async function search(text) {
  const number = (asked += 1);
  if (!text) return found.replaceChildren();
  const address = new URL(root.dataset.searchUrl, location);
  address.searchParams.set("session", root.dataset.session);
  address.searchParams.set("q", text);
  const html = await answerOf(address);
  if (number !== asked) return null; // a later search has started
  if (html === null) return found.replaceChildren(root.querySelector("[data-no-search]").content.cloneNode(true));
  found.innerHTML = html;
  return null;
}

async function answerOf(address) {
  try {
    const response = await fetch(address, { headers: { Accept: "application/json" } });
    return response.ok ? (await response.json()).html : null;
  } catch {
    return null;
  }
}

field.addEventListener("input", () => {
  clearTimeout(pause);
  const text = field.value.trim();
  pause = setTimeout(() => search(text), PAUSE);
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(pause);
  const text = field.value.trim();
  // A name of ten letters looks like a code: it is a name if the search has found a person.
  const meansName = !/\d/.test(text) && found.querySelector("form");
  if (hasCode(text) && !meansName) scan({ code: text });
  else search(text);
});

found.addEventListener("submit", (event) => {
  event.preventDefault();
  scan({ person: event.target.elements.person.value, name: event.target.dataset.name });
});
