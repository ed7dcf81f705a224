/* Shows beside the button why a passkey failed: allauth's scripts only dispatch an event. */

let pressed;
document.addEventListener("click", ({ target }) => { pressed = target.closest("button"); });

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const isImpossible = !window.PublicKeyCredential
    || ["SecurityError", "NotSupportedError"].includes(event.detail.exception.name);
  for (const kind of ["impossible", "unused"]) {
    const sentence = document.getElementById(`passkey-${kind}`);
    (pressed.closest(".actions") ?? pressed).before(sentence);
    sentence.hidden = isImpossible !== (kind === "impossible");
  }
});
