// Shows a question of some categories only when one of them is chosen. Without this script all
// questions stay, each with its categories, and the server ignores the answers that do not apply.
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
