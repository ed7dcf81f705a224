/* In <head> behind the style sheets, to run before the first paint: the reader's choice of light or
   dark. Until then the browser reads no further, so that nothing shares the line with the style
   sheets; the other scripts (`data-src`) are requested after them too. */
(() => {
  "use strict";
  const KEY = "theme";
  const root = document.documentElement;
  let choice = stored();

  function stored() {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // storage is blocked
    }
  }

  function keep() {
    try {
      if (choice) localStorage.setItem(KEY, choice);
      else localStorage.removeItem(KEY);
    } catch {
      // as above
    }
  }

  function apply(value) {
    choice = value === "light" || value === "dark" ? value : null;
    if (choice) root.dataset.bsTheme = choice;
    else delete root.dataset.bsTheme;
    for (const button of document.querySelectorAll("[data-theme-switch] button")) {
      button.setAttribute("aria-pressed", String(button.value === (choice ?? "auto")));
    }
  }

  apply(choice);

  document.addEventListener("DOMContentLoaded", () => {
    apply(choice);
    for (const element of document.querySelectorAll("[data-theme-switch]")) {
      element.hidden = false;
      element.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        if (!button) return;
        apply(button.value);
        keep();
      });
    }
  });

  function startScripts() {
    for (const script of document.querySelectorAll("script[data-src]:not([src])")) {
      script.async = false; // in their order
      script.src = script.dataset.src;
    }
  }

  document.addEventListener("DOMContentLoaded", startScripts);

  addEventListener("storage", (event) => {
    if (event.key === KEY || event.key === null) apply(stored());
  });
})();
