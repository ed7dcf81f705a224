/* Synchronises the stars of a browser with the account that is signed in.

   "stars-account" holds the account's key and the URL to write to, or after an expired login the
   key of the `former` account. "stars-pending" holds changes not yet saved, for that account only.
   Pages of the account say who is signed in. Other pages are the same for everybody: there the
   browser uses "stars-account", and sends a request only when a star is pressed. */

const ACCOUNT = "stars-account";
const PENDING = "stars-pending";
const REGISTRATIONS = "registrations";
const PREFIX = "stars:";
const page = document.querySelector("meta[name=stars-account]")?.dataset;

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? {};
  } catch {
    return {};
  }
}

function write(name, value) {
  localStorage.setItem(name, JSON.stringify(value));
}

function usable() {
  try {
    write(ACCOUNT, read(ACCOUNT));
    return true;
  } catch {
    return false; // localStorage is blocked: no stars to synchronise
  }
}

function editions() {
  return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
}

function forget() {
  for (const name of [...editions(), ACCOUNT, PENDING, REGISTRATIONS]) localStorage.removeItem(name);
  dispatchEvent(new Event("stars:changed"));
}

/* Forgets an account that is signed out, except its unsaved changes. */
function leave() {
  const pending = read(PENDING);
  const { key } = read(ACCOUNT);
  forget();
  if (!Object.keys(pending).length) return;
  write(ACCOUNT, { former: key });
  write(PENDING, pending);
  for (const [id, { edition, starred }] of Object.entries(pending)) {
    if (starred) write(PREFIX + edition, [...new Set([...list(edition), id])]);
  }
  dispatchEvent(new Event("stars:changed"));
}

/* Drops the unsaved changes of another account. */
function disown() {
  for (const [id, { edition }] of Object.entries(read(PENDING))) {
    write(PREFIX + edition, list(edition).filter((other) => other !== id));
  }
  localStorage.removeItem(PENDING);
}

function list(edition) {
  const ids = read(PREFIX + edition);
  return Array.isArray(ids) ? ids : [];
}

/* Returns the request: all stars for an account that is new to the browser, later the changes. */
function parcel(isNew) {
  const changes = { add: {}, remove: {}, carried: isNew };
  if (isNew) {
    for (const name of editions()) changes.add[name.slice(PREFIX.length)] = list(name.slice(PREFIX.length));
  }
  for (const [id, { edition, starred }] of Object.entries(read(PENDING))) {
    (changes[starred ? "add" : "remove"][edition] ??= []).push(id);
  }
  return changes;
}

async function post(address, body) {
  const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  return fetch(address, { method: "POST", headers, body });
}

async function deliver(address, body) {
  const response = await post(address, body);
  if (response.status !== 403) return response;
  await fetch(address); // brings a new token
  return post(address, body);
}

/* Sends the changes, then stores the stars and registrations of the account in the browser. */
async function carry(account, isNew) {
  const [whose, sent] = [ACCOUNT, PENDING].map((name) => localStorage.getItem(name));
  const response = await deliver(account.address, JSON.stringify(parcel(isNew)));
  if (response.status === 401) leave();
  if (!response.ok) return;
  const answer = await response.json();
  if (localStorage.getItem(ACCOUNT) !== whose) return; // signed out meanwhile
  if (localStorage.getItem(PENDING) !== sent) await carry(account, false);
  else keep(account, answer);
}

function keep({ key, address }, { stars, registrations, added }) {
  for (const name of [...editions(), PENDING]) localStorage.removeItem(name);
  for (const [edition, ids] of Object.entries(stars)) write(PREFIX + edition, ids);
  write(ACCOUNT, { key, address });
  write(REGISTRATIONS, registrations);
  dispatchEvent(new Event("stars:changed"));
  if (added && document.querySelector("[data-my-programme]")) location.reload();
}

async function meet({ key, address }) {
  const before = read(ACCOUNT).key;
  if (before && before !== key) leave();
  if (!key) return;
  if (before !== key && read(ACCOUNT).former !== key) disown();
  await carry({ key, address }, before !== key);
}

async function send() {
  const known = read(ACCOUNT);
  if (known.key && Object.keys(read(PENDING)).length) await carry(known, false);
}

/* Ignores network errors (TypeError): the changes wait in the browser. */
async function patiently(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

let queue = Promise.resolve();

/* Runs one task at a time across all windows: a late response would undo newer changes. */
function inTurn(work) {
  const run = () => patiently(work);
  const turn = () => navigator.locks?.request("stars", run) ?? run();
  queue = queue.catch(() => {}).then(turn);
}

addEventListener("stars:toggled", ({ detail: { edition, id, starred } }) => {
  const { key, former } = read(ACCOUNT);
  if (!key && !former) return;
  const pending = read(PENDING);
  if (key) pending[id] = { edition, starred };
  else delete pending[id]; // it may be another person
  write(PENDING, pending);
  inTurn(send);
});

document.addEventListener("submit", ({ target }) => {
  if (!target.action.endsWith("/accounts/logout/")) return;
  localStorage.removeItem(PENDING);
  if (read(ACCOUNT).key) forget();
});

if (page && usable()) inTurn(() => meet(page));
