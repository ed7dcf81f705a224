/* In <head> before the style sheets: requests the font at once, except on a slow connection, where
   it would delay the style sheets. */
(() => {
  "use strict";
  const { effectiveType = "4g", saveData = false } = navigator.connection ?? {};
  if (saveData || effectiveType !== "4g") return;

  const link = document.createElement("link");
  const href = document.currentScript.dataset.font;
  document.head.append(
    Object.assign(link, { rel: "preload", href, as: "font", type: "font/woff2", crossOrigin: "" }),
  );
})();
