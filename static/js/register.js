// A question that only some categories are asked disappears while another one is chosen. Without
// this script all of them stay, and the answers that do not count are left aside by the server.
const parts = document.querySelectorAll("[data-categories]");
const choices = document.querySelectorAll('input[name="category"]');

function show() {
  const chosen = document.querySelector('input[name="category"]:checked')?.value;
  for (const part of parts) {
    part.hidden = Boolean(chosen) && !part.dataset.categories.split(" ").includes(chosen);
  }
}

for (const choice of choices) {
  choice.addEventListener("change", show);
}
show();
