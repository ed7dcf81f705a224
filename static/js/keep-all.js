/* Keeps all sessions of a shared programme: presses the stars that are not set yet. */

const keep = document.querySelector("[data-keep-all]");
const done = document.querySelector("[data-kept-all]");
const stars = [...document.querySelectorAll("[data-star] button")];
const missing = () => stars.filter((star) => !star.hasAttribute("data-starred"));

let works = false; // localStorage is not blocked: stars.js has drawn the stars

addEventListener("stars:drawn", () => {
  works = true;
  keep.hidden = !missing().length;
  done.hidden = !keep.hidden;
});
keep.addEventListener("click", (event) => {
  if (!works) return; // the link leads to a form
  event.preventDefault();
  for (const star of missing()) star.click();
  done.focus();
});
