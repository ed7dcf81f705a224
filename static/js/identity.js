// The page of the identity: a colour may be picked instead of typed; rows move without a reload.

for (const picker of document.querySelectorAll("[data-picks]")) {
  const field = document.getElementById(picker.dataset.picks);
  picker.hidden = false;
  picker.addEventListener("input", () => {
    field.value = picker.value;
  });
  field.addEventListener("input", () => {
    if (/^#[0-9a-f]{6}$/i.test(field.value)) picker.value = field.value;
  });
}

const form = document.getElementById("identity_form");
form?.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=move]");
  if (!button) return;
  event.preventDefault();
  const row = button.closest("li");
  const isUp = button.value.split(":")[1] === "up";
  const other = isUp ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (isUp) other.before(row);
  else other.after(row);
  for (const one of row.parentElement.children) {
    const [up, down] = one.querySelectorAll("button[name=move]");
    up.disabled = !one.previousElementSibling;
    down.disabled = !one.nextElementSibling;
  }
  const next = button.disabled ? row.querySelector("button[name=move]:not(:disabled)") : button;
  next.focus();
});
