/* Lists the cached pages on the page shown in place of an uncached one, private pages first. */

const list = document.querySelector("[data-kept-list]");
const { lang } = document.documentElement;

async function link(cache, { url }) {
  const html = await (await cache.match(url, { ignoreVary: true })).text();
  const made = document.createElement("a");
  made.href = url;
  made.textContent = new DOMParser().parseFromString(html, "text/html").title;
  const item = document.createElement("li");
  item.append(made);
  return item;
}

async function draw(name) {
  const cache = await caches.open(name);
  const pages = (await cache.keys()).filter(({ url }) => {
    const { pathname, searchParams } = new URL(url);
    return pathname.startsWith(`/${lang}/`) && !searchParams.has("display");
  });
  list.append(...(await Promise.all(pages.map((page) => link(cache, page)))));
  list.closest("nav").hidden = !list.childElementCount;
}

draw("private").then(() => draw("pages")).catch(() => {}); // storage is blocked: nothing is cached
