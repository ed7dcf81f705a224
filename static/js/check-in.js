/* Shows the results of scans one at a time: in large, then in the list of the recent scans.

   Listens to `checkin:scan`, `checkin:answer`, `checkin:trouble` and `checkin:kept`; dispatches
   `checkin:shown` {outcome}. */

const root = document.querySelector("[data-checkin]");
const shown = root.querySelector("[data-result]");
const last = root.querySelector("[data-last]");
const late = root.querySelector("[data-late]");
const express = root.querySelector("[data-express]");
const network = root.querySelector("[data-network]");
const { session, guid, days, zone } = root.dataset;
const MOST = 10;
const A_GLANCE = 1_500;
const REFRESH = 15_000;
const EXPRESS = "check-in-express";

let leaving = 0;

function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

function fromTemplate(name, scan) {
  const copy = root.querySelector(`template[data-${name}]`).content.cloneNode(true);
  for (const place of copy.querySelectorAll("[data-code]")) place.textContent = scan.name ?? scan.code;
  for (const place of copy.querySelectorAll("[data-nonce]")) place.dataset.nonce = scan.nonce;
  return copy;
}

// The large result

function show(content, outcome) {
  clearTimeout(leaving);
  shown.replaceChildren(content);
  root.setAttribute("data-showing", outcome);
  scrollTo({ top: 0, behavior: "instant" });
  document.dispatchEvent(new CustomEvent("checkin:shown", { detail: { outcome } }));
  if (express.checked && (outcome === "in" || outcome === "kept")) leaving = setTimeout(next, A_GLANCE);
}

function next() {
  clearTimeout(leaving);
  shown.replaceChildren();
  root.removeAttribute("data-showing");
}

shown.addEventListener("click", (event) => {
  event.preventDefault();
  next();
});
addEventListener("keydown", ({ key }) => {
  if (key === "Escape") next();
});

// While a request is pending

const busy = root.querySelector("[data-busy]");
const SOON = 300; // milliseconds: a faster answer needs no announcement
let asked = 0;

document.addEventListener("checkin:scan", () => {
  next();
  asked += 1;
  setTimeout(() => { busy.hidden = asked === 0; }, SOON);
});

function answered(isLate) {
  if (!isLate) asked -= 1;
  busy.hidden = asked === 0;
}

// The recent scans

function list(content, nonce, where = last) {
  const row = content.querySelector("li");
  row.dataset.nonce = nonce;
  const old = where.querySelector(`li[data-nonce="${CSS.escape(nonce)}"]`);
  if (old) old.replaceWith(row);
  else where.querySelector("ol").prepend(row);
  if (where === last) [...where.querySelectorAll("li")].slice(MOST).forEach((item) => item.remove());
  where.hidden = false;
}

function count(html) {
  root.querySelector("[data-counts]").innerHTML = html;
}

document.addEventListener("checkin:answer", ({ detail: { scan, answer, late: isLate } }) => {
  answered(isLate);
  list(fragment(answer.row), scan.nonce);
  if (isLate && answer.outcome !== "in") list(fragment(answer.row), scan.nonce, late);
  if (!isLate) show(fragment(answer.html), answer.outcome);
  if (scan.session === guid) count(answer.counts);
  trouble("");
});

document.addEventListener("checkin:trouble", ({ detail: { scan, trouble: what, late: isLate } }) => {
  answered(isLate);
  trouble(what);
  if (isLate) return;
  if (what === "unreadable") {
    show(fromTemplate("unreadable", scan), "refused");
    return;
  }
  if (isOpen(scan.at)) show(fromTemplate("kept", scan), "kept");
  else show(fromTemplate("kept-other-day", scan), "other_day");
  list(fromTemplate("kept-row", scan), scan.nonce);
});

/* Returns whether check-in is open on the day of a scan, in the edition's time zone. */
function isOpen(at) {
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date(at));
  return days.split(" ").includes(day);
}

// Connection problems, and the number of scans that wait

let standing = "";

function trouble(what) {
  standing = what;
  for (const text of network.querySelectorAll("[data-trouble]")) text.hidden = text.dataset.trouble !== what;
  drawNetwork();
}

function drawNetwork() {
  const waiting = network.querySelector("[data-waiting]:not([hidden])");
  network.hidden = !(waiting || standing);
}

document.addEventListener("checkin:kept", ({ detail }) => {
  for (const text of network.querySelectorAll("[data-waiting]")) {
    const number = detail[text.dataset.waiting];
    text.textContent = text.dataset.text.replace("{count}", number);
    text.hidden = number === 0;
  }
  drawNetwork();
});

// Undoing a check-in

async function undo(form) {
  const body = new URLSearchParams(new FormData(form));
  body.set("csrfmiddlewaretoken", document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "");
  try {
    const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(response.status);
    const answer = await response.json();
    list(fragment(answer.row), answer.nonce);
    count(answer.counts);
    next();
  } catch {
    form.querySelector("[data-undo-failed]").hidden = false;
  }
}

last.addEventListener("submit", (event) => {
  event.preventDefault();
  undo(event.target);
});

// The counts, with the scans of other devices

async function refresh() {
  if (document.hidden) return;
  const address = new URL(root.dataset.countsUrl, location);
  address.searchParams.set("session", session);
  try {
    const response = await fetch(address, { headers: { Accept: "application/json" } });
    if (response.ok) count((await response.json()).counts);
    if (response.status === 401) trouble("signed_out");
  } catch {
    // the counts stay as they were; the next scan reports the network
  }
}

// The settings of this device

try {
  express.checked = localStorage.getItem(EXPRESS) !== "off";
} catch {
  express.checked = true;
}
express.addEventListener("change", () => {
  try {
    localStorage.setItem(EXPRESS, express.checked ? "on" : "off");
  } catch {
    // localStorage is blocked: the choice lasts as long as the page
  }
});
for (const choice of root.querySelectorAll("[data-with-script]")) choice.hidden = false;
setInterval(refresh, REFRESH);
