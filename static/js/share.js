/* Shares the page with the system's share sheet; copies its URL or a citation. */

function address() {
  return document.querySelector("link[rel=canonical]")?.href ?? location.href.split("#")[0];
}

function offer(selector, action) {
  for (const button of document.querySelectorAll(selector)) {
    button.hidden = false;
    button.addEventListener("click", () => action(button));
  }
}

async function share() {
  try {
    await navigator.share({ title: document.title, url: address() });
  } catch (error) {
    if (error.name !== "AbortError") throw error; // AbortError: the sheet was closed
  }
}

async function copy(button) {
  const text = document.getElementById(button.dataset.copyText)?.textContent ?? address();
  await navigator.clipboard.writeText(text);
  const said = button.closest("section").querySelector("[data-share-said]");
  if (said) said.textContent = button.dataset.copied;
}

if (navigator.share) offer("[data-share]", share);
if (navigator.clipboard) offer("[data-copy]", copy);
