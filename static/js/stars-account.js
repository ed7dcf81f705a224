/* The stars of a browser whose reader has signed in are those of the account.

   "stars-account" says whose they are and where to write them, or whose they were until its session
   ended; "stars-pending" what is not written yet, and is for that account alone. Pages of the account say who is signed in; the others are the same for everybody, so there
   the browser goes by what it has kept, and asks only when a star is pressed. */

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
    return false; // this browser keeps nothing, so there is nothing to carry
  }
}

function editions() {
  return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
}

function forget() {
  for (const name of [...editions(), ACCOUNT, PENDING, REGISTRATIONS]) localStorage.removeItem(name);
  dispatchEvent(new Event("stars:changed"));
}

/* Forgets an account that is signed out, but for what was pressed since and it has not got. */
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

/* What waits for one account is not for another. */
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

/* What to write: all that a browser has when it meets an account, later what has changed. */
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

/* Sends what waits; what the account then has is what the browser keeps. */
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

/* Without a network the stars wait in the browser for the next time. */
async function patiently(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

let queue = Promise.resolve();

/* One after the other, in all windows: an answer that comes late would undo what was pressed since. */
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
  else delete pending[id]; // whoever presses now, it is not known to be that account
  write(PENDING, pending);
  inTurn(send);
});

document.addEventListener("submit", ({ target }) => {
  if (!target.action.endsWith("/accounts/logout/")) return;
  localStorage.removeItem(PENDING);
  if (read(ACCOUNT).key) forget();
});

if (page && usable()) inTurn(() => meet(page));
