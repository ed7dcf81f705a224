/* Reads the site without a network. /sw.js names files that pages need (`assets`) and a page to
   fall back on in each language (`offline`), then brings this in.

   Pages are asked of the network first, and kept as they come; what was kept is read when nothing
   answers. Public pages and those of somebody signed in are kept apart: the latter are thrown away
   as soon as an account comes or goes. */

const { assets, offline } = self.KEPT;
const STATIC = "static";
const PAGES = "pages";
const PRIVATE = "private";
const PATIENCE = 4_000; // then a kept page is better than waiting
const MOST = 250; // public pages, the last ones
const FILES = 150; // an older page needs older ones
const AHEAD = 100; // addresses that a page has fetched before they are asked for
const BEYOND = 50; // and what those lead to
const FRESH = 6 * 3_600_000; // and not fetched again for so long
const FILE = /^\/static\/(?:css|img|js|vendor)\//;
const HASHED = /\.[0-9a-f]{12}(?=\.\w+$)/; // a file whose name changes with what is in it

const LANGUAGE = /^\/(fr|en|ar)\//;
// A reader's own pages say `no-store`, so that no proxy and no Back button shows them to somebody
// else. A ticket must be readable where the network is not, and this store knows when to be empty.
const MINE = /^\/(?:fr|en|ar)\/my\/(?:(?!data\/|erase\/)[\w-]+\/)?$/;
const PARTS = "abstracts?|changes|keywords|my-programme|pages|programme|rooms|speakers";
const PUBLIC = new RegExp(`^/(?:fr|en|ar)/(?!my/|accounts/|offline/)[\\w-]+/(?:(?:${PARTS})/.*)?$`);
const START = /^\/(?:(fr|en|ar)\/)?$/; // it leads to the home page of an edition, in a language
const HOME = /^\/(fr|en|ar)\/([\w-]+)\/$/;
const IN_EDITION = /^\/(fr|en|ar)\/(?!my\/|accounts\/)([\w-]+)\//;
// What the page of a session leads to: its room and its speakers.
const SESSION = /\/programme\/[\w-]+\/$/;
const BEHIND = /href="(\/(?:fr|en|ar)\/[\w-]+\/(?:rooms|speakers)\/[\w-]+\/)"/g;
// Where somebody signs in or out, or erases their account.
const ENTRANCE = /^\/(?:fr|en|ar)\/(?:accounts\/|my\/erase\/)|^\/admin\/(?:login|logout)\//;
const NOT_OURS = /^\/(?:fr|en|ar)\/(?:accounts|[\w-]+\/desk)\//;

let changes = 0; // how often an account came or went since this worker woke

/* One's own page is one page, whichever edition it was reached from. */
function nameOf(name, address) {
  return name === PRIVATE ? address.split("?")[0] : address;
}

function placeOf({ pathname, searchParams }) {
  if (MINE.test(pathname)) return PRIVATE;
  return PUBLIC.test(pathname) && !searchParams.has("q") ? PAGES : null;
}

/* A store may be full or broken: what the network answers is handed over all the same. */
const quietly = (work) => work.catch(() => {});

async function find(name, request) {
  const address = nameOf(name, request.url ?? request);
  const match = (cache) => cache.match(address, { ignoreVary: true });
  return name && quietly(caches.open(name).then(match));
}

/* What was kept of a page; where the site starts, the home page that was read last. */
async function findPage(name, request) {
  const start = new URL(request.url).pathname.match(START);
  if (!start) return find(name, request);
  const home = await quietly(newest(PAGES, ({ url }) => {
    const [, language] = new URL(url).pathname.match(HOME) ?? [];
    return language && language === (start[1] ?? language);
  }));
  return home && find(PAGES, home);
}

async function newest(name, isWanted) {
  return (await (await caches.open(name)).keys()).reverse().find(isWanted);
}

async function keep(name, address, response, since) {
  if (name === PRIVATE && response.type === "opaqueredirect") return empty(); // signed out
  const cache = await caches.open(name);
  if ([404, 410].includes(response.status)) {
    return cache.delete(nameOf(name, address), { ignoreVary: true });
  }
  const isPage = response.headers.get("Content-Type")?.startsWith("text/html");
  const secret = /no-store|private/.test(response.headers.get("Cache-Control"));
  if (response.status !== 200 || response.redirected || !isPage) return null;
  if (name === PRIVATE ? since !== changes : secret) return null;
  await cache.put(nameOf(name, address), response);
  return shorten(cache, MOST);
}

async function shorten(cache, most) {
  const known = await cache.keys();
  return Promise.all(known.slice(0, -most).map((oldest) => cache.delete(oldest)));
}

function empty() {
  changes += 1;
  return quietly(caches.delete(PRIVATE));
}

/* Before, so that nothing is left if the answer never comes; after, so that nothing slips in. */
async function changeOfAccount(request) {
  await empty();
  try {
    return await fetch(request);
  } finally {
    await empty();
  }
}

function late() {
  return new Promise((_resolve, reject) => setTimeout(reject, PATIENCE));
}

async function page(event, name) {
  const { request } = event;
  const since = changes;
  const answer = fetch(request);
  const keeping = (response) => name && keep(name, request.url, response.clone(), since);
  event.waitUntil(quietly(answer.then(keeping)));
  const kept = await findPage(name, request);
  try {
    const response = await (kept ? Promise.race([answer, late()]) : answer);
    if (kept && response.status > 501) throw new Error("Nobody is behind the proxy.");
    return response;
  } catch {
    return kept ? dated(kept) : fallback(request.url);
  }
}

/* A kept page that says from when it is; offline.js reads it out. */
async function dated(kept) {
  const html = await kept.text();
  const headers = new Headers(kept.headers);
  for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name);
  const marked = html.replace("<html", `<html data-kept="${headers.get("Date")}"`);
  return new Response(marked, { headers });
}

async function fallback(address) {
  const own = offlineOf(address);
  const language = new URL(address).pathname.match(LANGUAGE)?.[1] ?? navigator.language.slice(0, 2);
  const kept = (own && (await find(STATIC, own))) ?? (await find(STATIC, offline[language] ?? offline.fr));
  return kept ?? Response.error();
}

/* The page to fall back on in an edition: in its colours and with its menu. */
function offlineOf(address) {
  const [, language, edition] = new URL(address).pathname.match(IN_EDITION) ?? [];
  return edition && new URL(`${offline[language]}?edition=${edition}`, address).href;
}

async function asset(event) {
  const { request } = event;
  const kept = await find(STATIC, request);
  if (kept && HASHED.test(request.url)) return kept;
  try {
    const response = await fetch(request);
    event.waitUntil(quietly(keepFile(request.url, response.clone())));
    return response;
  } catch {
    return kept ?? (await quietly(kin(request))) ?? Response.error();
  }
}

async function keepFile(address, response) {
  if (!response.ok) return;
  const cache = await caches.open(STATIC);
  await cache.put(address, response);
  await shorten(cache, FILES);
}

/* A page that was kept may name files of which only newer ones are: they stand in for them. */
async function kin(request) {
  const bare = ({ url }) => url.replace(HASHED, "");
  const other = await newest(STATIC, (one) => bare(one) === bare(request));
  return other && find(STATIC, other);
}

/* One after the other: a reader who opens the programme is no crowd. */
async function keepAhead(addresses) {
  const wanted = new Set(addresses.slice(0, AHEAD));
  for (const address of wanted) {
    const url = new URL(address);
    if (FILE.test(url.pathname)) {
      if (!(await find(STATIC, address))) await keepFile(address, await fetch(address));
      continue;
    }
    await keepFresh(address, placeOf(url));
    if (HOME.test(url.pathname)) await keepFresh(offlineOf(address), STATIC);
    if (!SESSION.test(url.pathname) || navigator.connection?.saveData) continue;
    const html = (await (await find(PAGES, address))?.text()) ?? "";
    for (const [, path] of html.matchAll(BEHIND)) {
      if (wanted.size < AHEAD + BEYOND) wanted.add(new URL(path, address).href);
    }
  }
}

async function keepFresh(address, name) {
  const since = changes;
  if (!name || isFresh(await find(name, address))) return;
  await keep(name, address, await fetch(address, { redirect: "manual" }), since);
}

function isFresh(kept) {
  return kept && Date.now() - Date.parse(kept.headers.get("Date")) < FRESH;
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  const files = [...assets, ...Object.values(offline)];
  event.waitUntil(caches.open(STATIC).then((cache) => cache.addAll(files)));
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    const old = (await caches.keys()).filter((name) => ![STATIC, PAGES, PRIVATE].includes(name));
    await Promise.all(old.map((name) => caches.delete(name)));
  };
  event.waitUntil(Promise.all([quietly(tidy()), self.clients.claim()]));
});

self.addEventListener("message", (event) => {
  event.waitUntil(quietly(keepAhead(event.data.keep))); // the next page asks again
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (address.origin !== location.origin) return;
  if (request.method === "POST" && ENTRANCE.test(address.pathname)) {
    event.respondWith(changeOfAccount(request));
  } else if (request.method !== "GET") {
    return;
  } else if (FILE.test(address.pathname)) {
    event.respondWith(asset(event));
  } else if (request.mode === "navigate" && isOurs(address)) {
    event.respondWith(page(event, placeOf(address)));
  }
});

function isOurs({ pathname }) {
  return pathname === "/" || (LANGUAGE.test(pathname) && !NOT_OURS.test(pathname));
}
