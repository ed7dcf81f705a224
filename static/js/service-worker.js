/* Serves the site without a network. /sw.js names the files that pages need (`assets`) and a
   fallback page for each language (`offline`), then loads this.

   Pages: network first, cached as they come; the cached page is served when nothing answers.
   Public and private pages have separate caches; the private one is deleted at every sign-in and
   sign-out. */

const { assets, offline } = self.KEPT;
const STATIC = "static";
const PAGES = "pages";
const PRIVATE = "private";
const PATIENCE = 4_000; // milliseconds before a cached page is served instead
const MOST = 250; // cached pages, the newest
const FILES = 150; // cached files: older pages need older files
const AHEAD = 100; // URLs that a page may have prefetched
const BEYOND = 50; // further URLs, linked from those
const FRESH = 6 * 3_600_000; // milliseconds in which no page is prefetched again
const FILE = /^\/static\/(?:css|img|js|vendor)\//;
const HASHED = /\.[0-9a-f]{12}(?=\.\w+$)/; // a file name with a hash of the content

const LANGUAGE = /^\/(fr|en|ar)\//;
// Private pages are `no-store`, so that no proxy and no Back button shows them to somebody else.
// A ticket must be readable without a network, and this cache is emptied at sign-out.
const MINE = /^\/(?:fr|en|ar)\/my\/(?:(?!data\/|erase\/)[\w-]+\/)?$/;
const PARTS = "abstracts?|changes|keywords|my-programme|pages|programme|rooms|speakers";
const PUBLIC = new RegExp(`^/(?:fr|en|ar)/(?!my/|accounts/|offline/)[\\w-]+/(?:(?:${PARTS})/.*)?$`);
const START = /^\/(?:(fr|en|ar)\/)?$/; // it redirects to an edition's home page in a language
const HOME = /^\/(fr|en|ar)\/([\w-]+)\/$/;
const IN_EDITION = /^\/(fr|en|ar)\/(?!my\/|accounts\/)([\w-]+)\//;
// A session's page, and its links to the room and the speakers.
const SESSION = /\/programme\/[\w-]+\/$/;
const BEHIND = /href="(\/(?:fr|en|ar)\/[\w-]+\/(?:rooms|speakers)\/[\w-]+\/)"/g;
// Forms that sign in or out, or erase an account.
const ENTRANCE = /^\/(?:fr|en|ar)\/(?:accounts\/|my\/erase\/)|^\/admin\/(?:login|logout)\//;
const NOT_OURS = /^\/(?:fr|en|ar)\/(?:accounts|[\w-]+\/desk)\//;

let changes = 0; // sign-ins and sign-outs since this worker started

/* A private page is cached once, whatever the edition in its query. */
function nameOf(name, address) {
  return name === PRIVATE ? address.split("?")[0] : address;
}

function placeOf({ pathname, searchParams }) {
  if (MINE.test(pathname)) return PRIVATE;
  return PUBLIC.test(pathname) && !searchParams.has("q") ? PAGES : null;
}

/* Ignores errors of the cache, which may be full or broken: the response is served all the same. */
const quietly = (work) => work.catch(() => {});

async function find(name, request) {
  const address = nameOf(name, request.url ?? request);
  const match = (cache) => cache.match(address, { ignoreVary: true });
  return name && quietly(caches.open(name).then(match));
}

/* Returns the cached page; for the start page, the home page that was cached last. */
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

/* Empties the private cache before, in case no response comes, and after, in case a page came. */
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

/* Returns a cached page marked with its date, which offline.js shows. */
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

/* Returns the URL of an edition's fallback page, with its colours and menu. */
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

/* Returns another version of a file: a cached page may name one that is no longer cached. */
async function kin(request) {
  const bare = ({ url }) => url.replace(HASHED, "");
  const other = await newest(STATIC, (one) => bare(one) === bare(request));
  return other && find(STATIC, other);
}

/* Prefetches one URL at a time: a reader who opens the programme must not load the server. */
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
  event.waitUntil(quietly(keepAhead(event.data.keep))); // the next page tries again
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
