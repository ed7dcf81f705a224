// “/” goes to the search; Escape, or a click elsewhere, closes a menu. In a list, the arrows go from
// tick box to tick box, and Enter opens the row.
const openMenus = () => document.querySelectorAll(
  ":is(#header, #desk-nav, #changelist-filter, #result_list) details[open]",
);

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const field = document.getElementById("desk-q");
    if (field?.checkVisibility()) {
      event.preventDefault();
      field.focus();
    }
  }
  if (event.key === "Escape") {
    for (const menu of openMenus()) {
      menu.open = false;
      if (menu.contains(document.activeElement)) {
        menu.querySelector("summary").focus();
      }
    }
  }
});

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) {
    if (!menu.contains(event.target)) {
      menu.open = false;
    }
  }
});

const ARROWS = { ArrowDown: 1, ArrowUp: -1 };

document.querySelector("#result_list tbody")?.addEventListener("keydown", (event) => {
  const boxes = [...document.querySelectorAll("#result_list tbody .action-select")];
  const place = boxes.indexOf(event.target);
  if (place < 0) {
    return;
  }
  if (event.key in ARROWS) {
    event.preventDefault();
    boxes[place + ARROWS[event.key]]?.focus();
  }
  if (event.key === "Enter") {
    event.preventDefault();
    event.target.closest("tr").querySelector("th a")?.click();
  }
});
