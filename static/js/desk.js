// An autocomplete offers only objects of the form's edition.
django.jQuery.ajaxPrefilter((options) => {
  const edition = document.getElementById("id_edition");
  if (edition?.value && options.url.includes("/autocomplete/")) {
    options.data += `&of_edition=${encodeURIComponent(edition.value)}`;
  }
});

// Rows in an order move by buttons; their hidden numbers follow.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-move]");
  const row = button?.closest(".has_original");
  const isUp = button?.dataset.move === "up";
  const other = isUp ? row?.previousElementSibling : row?.nextElementSibling;
  if (!other?.matches(".has_original")) {
    return;
  }
  other.insertAdjacentElement(isUp ? "beforebegin" : "afterend", row);
  row.parentElement.querySelectorAll(":scope > .has_original").forEach((item, place) => {
    item.querySelector("input._reorder_").value = place + 1;
  });
  button.focus();
});

// The box of an autocomplete is named by what is chosen: name it by its field too.
const nameBox = (select) => {
  const box = document.getElementById(`select2-${select.id}-container`);
  const label = select.labels?.[0]?.textContent.trim();
  if (box && label) {
    box.setAttribute("aria-label", `${label} ${box.title}`.trim());
  }
};
django.jQuery(() => {
  document.querySelectorAll("select.admin-autocomplete").forEach(nameBox);
  django.jQuery(document).on("change", "select.admin-autocomplete", ({ target }) => nameBox(target));
});
