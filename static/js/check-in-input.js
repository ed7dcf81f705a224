/* Codes from a scanner that types like a keyboard, wherever the cursor is; names and codes typed
   by hand in the field. Says `checkin:scan` {code}, or {person, name} for somebody found by name. */

const root = document.querySelector("[data-checkin]");
const form = root.querySelector("[data-typing]");
const field = form.elements.code;
const found = root.querySelector("[data-found]");
const GAP = 300; // milliseconds: a longer pause between two keys, and a new code begins
const PAUSE = 250; // after which a name being typed is looked for
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

/* What a keyboard with English keys would have typed: most scanners believe in one, and on a
   French one their 7 comes out as è. */
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
  if (number !== asked) return null; // something else is being looked for by now
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
  // A name of ten letters looks like a code, until somebody of that name is found.
  const meansName = !/\d/.test(text) && found.querySelector("form");
  if (hasCode(text) && !meansName) scan({ code: text });
  else search(text);
});

found.addEventListener("submit", (event) => {
  event.preventDefault();
  scan({ person: event.target.elements.person.value, name: event.target.dataset.name });
});
