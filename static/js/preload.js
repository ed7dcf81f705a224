/* In <head> before the style sheets: requests the font and the icons at once, except on a slow
   connection, where they would delay the style sheets. */
(() => {
  "use strict";
  const { font, icons } = document.currentScript.dataset;
  const { effectiveType = "4g", saveData = false } = navigator.connection ?? {};
  if (saveData || effectiveType !== "4g") return;

  function preload(attributes) {
    document.head.append(Object.assign(document.createElement("link"), { rel: "preload", ...attributes }));
  }

  preload({ href: font, as: "font", type: "font/woff2", crossOrigin: "" });
  preload({ href: icons, as: "image", type: "image/svg+xml" });
})();
