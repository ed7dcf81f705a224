/* Stores each scan on this device before it is sent, until the server has answered it or has
   rejected its code or its nonce as malformed.

   Listens to `checkin:scan` {code}, or {person, name} for a search result. Dispatches
   `checkin:answer` {scan, answer, late}, `checkin:trouble` {scan, trouble, late} and
   `checkin:kept` {mine, others}. Each scan has a nonce, so that a scan sent twice counts once;
   only the account that made a scan sends it. */

const root = document.querySelector("[data-checkin]");
const { user, guid, scanUrl } = root.dataset;
const CODE = new RegExp(root.dataset.code, "g");
const LONGEST = 300; // characters, the server's limit; another QR code may hold more
const PREFIX = "check-in:";
const PATIENCE = 6_000;
const TROUBLES = { 401: "signed_out", 403: "stale", 404: "not_allowed", 409: "other_user" };
const GIVEN_UP = new Set(["unreadable"]); // sending again cannot succeed
const PASSING = new Set(["unreadable", "error"]); // the next scan may still succeed

const unwritten = new Map(); // scans that localStorage refused, by nonce
const underway = new Set();

function keep(scan) {
  try {
    localStorage.setItem(PREFIX + scan.nonce, JSON.stringify(scan));
  } catch {
    unwritten.set(scan.nonce, scan);
  }
}

function forget({ nonce }) {
  unwritten.delete(nonce);
  try {
    localStorage.removeItem(PREFIX + nonce);
  } catch {
    // localStorage is blocked: it was never written
  }
}

function written() {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(PREFIX))
      .map((key) => JSON.parse(localStorage.getItem(key)));
  } catch {
    return [];
  }
}

/* Returns the scans without an answer, oldest first. */
function kept() {
  return [...written(), ...unwritten.values()].sort((a, b) => a.at.localeCompare(b.at));
}

function say(name, detail) {
  document.dispatchEvent(new CustomEvent(`checkin:${name}`, { detail }));
}

function sayKept() {
  const waiting = kept().filter(({ nonce }) => !underway.has(nonce));
  const mine = waiting.filter((scan) => scan.user === user).length;
  say("kept", { mine, others: waiting.length - mine });
}

/* `crypto.randomUUID` is missing on pages not served over HTTPS. */
function newNonce() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
}

function token() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
}

/* `AbortSignal.timeout` is missing in older Safari, which the team's phones may have. */
function patience() {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), PATIENCE);
  return controller.signal;
}

/* Returns "unreadable" if the code, the person or the nonce is malformed, or else "error". */
function malformed({ fields }) {
  return fields.some((field) => ["code", "person", "nonce"].includes(field)) ? "unreadable" : "error";
}

async function post(scan) {
  try {
    const response = await fetch(scan.url, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": token() },
      body: new URLSearchParams({
        code: scan.code, person: scan.person ?? "", nonce: scan.nonce, scanned_at: scan.at, session: scan.session,
        user: scan.user,
      }),
      signal: patience(),
    });
    if (response.ok) return { answer: await response.json() };
    if (response.status === 400) return { trouble: malformed(await response.json()) };
    return { trouble: TROUBLES[response.status] ?? "error" };
  } catch {
    return { trouble: "offline" }; // no network, a timeout, or an answer of another server
  }
}

/* Sends one scan; returns the trouble, or undefined. */
async function send(scan, late) {
  underway.add(scan.nonce);
  const { answer, trouble } = await post(scan);
  if (answer || GIVEN_UP.has(trouble)) forget(scan);
  underway.delete(scan.nonce);
  if (answer) say("answer", { scan, answer, late });
  else say("trouble", { scan, trouble, late });
  sayKept();
  return trouble;
}

let replaying = false;

async function replay() {
  if (replaying) return;
  replaying = true;
  for (const scan of kept()) {
    if (scan.user !== user || underway.has(scan.nonce)) continue;
    const trouble = await send(scan, true);
    if (trouble && !PASSING.has(trouble)) break;
  }
  replaying = false;
}

/* Returns the ticket code in a text or a URL, or else the start of the text. */
function shortened(text) {
  const codes = [...text.toUpperCase().matchAll(CODE)];
  return codes.at(-1)?.slice(1).join("") ?? text.trim().slice(0, LONGEST);
}

document.addEventListener("checkin:scan", ({ detail }) => {
  const { code = "", person, name } = detail;
  const scan = { code: shortened(code), person, name, nonce: newNonce(), at: new Date().toISOString(), session: guid, user, url: scanUrl };
  keep(scan);
  send(scan, false);
});
addEventListener("online", replay);
setInterval(replay, 10_000);
sayKept();
replay();
