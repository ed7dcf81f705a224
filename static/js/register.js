// A question that only some categories are asked appears when one of them is chosen. Without this
// script all of them stay, each with its categories, and the server leaves aside what does not count.
const parts = document.querySelectorAll("[data-categories]");
const choices = document.querySelectorAll('input[name="category"]');

function show() {
  const chosen = document.querySelector('input[name="category"]:checked')?.value;
  for (const part of parts) {
    part.hidden = !chosen || !part.dataset.categories.split(" ").includes(chosen);
  }
}

for (const choice of choices) {
  choice.addEventListener("change", show);
}
show();
