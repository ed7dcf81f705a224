/* Reads QR codes with the camera, by the browser's own reader or, where it has none, by a reader
   loaded with the page. Dispatches `checkin:scan` {code}. */

const root = document.querySelector("[data-checkin]");
const view = root.querySelector("[data-camera]");
const video = view.querySelector("video");
const button = root.querySelector("[data-camera-button]");
const said = root.querySelector("[data-camera-said]");
const PERIOD = 120; // milliseconds between two attempts
const GONE = 1_500; // milliseconds without the code after which it counts as shown again

let stream = null;
let reader = null;
let seen = { code: "", at: 0 };

async function makeReader() {
  const own = globalThis.BarcodeDetector;
  const reads = (await own?.getSupportedFormats())?.includes("qr_code");
  return reads ? new own({ formats: ["qr_code"] }) : makeOurReader();
}

async function makeOurReader() {
  await load(view.dataset.reader);
  const { BarcodeDetector, prepareZXingModule } = globalThis.BarcodeDetectionAPI;
  const overrides = { locateFile: () => view.dataset.compiled };
  await prepareZXingModule({ overrides, fireImmediately: true });
  return new BarcodeDetector({ formats: ["qr_code"] });
}

function load(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.addEventListener("load", resolve);
    script.addEventListener("error", reject);
    script.src = address;
    document.head.append(script);
  });
}

async function look() {
  if (!stream) return;
  if (!document.hidden && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
    const code = await read();
    if (code) see(code);
  }
  setTimeout(look, PERIOD);
}

/* Returns the code in front of the camera. Android's own reader may exist and still fail. */
async function read() {
  try {
    return (await reader.detect(video))[0]?.rawValue;
  } catch {
    reader = await makeOurReader().catch(() => reader);
    return null;
  }
}

function see(code) {
  const now = Date.now();
  const same = code === seen.code && now - seen.at < GONE;
  seen = { code, at: now };
  const shown = root.hasAttribute("data-showing"); // one result at a time
  if (shown && !same) seen = { code: "", at: 0 };
  if (!same && !shown) document.dispatchEvent(new CustomEvent("checkin:scan", { detail: { code } }));
}

async function start() {
  say("");
  button.disabled = true;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    video.srcObject = stream;
    await video.play();
    reader ??= await makeReader();
    navigator.wakeLock?.request("screen").catch(() => {}); // refused when the battery is low
    draw();
    look();
  } catch (error) {
    stop();
    say(error.name === "NotAllowedError" ? "refused" : "none");
  }
  button.disabled = false;
}

function stop() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = video.srcObject = null;
  draw();
}

function draw() {
  view.toggleAttribute("data-on", stream !== null);
  button.querySelector("span").textContent = stream ? button.dataset.stop : button.dataset.start;
}

function say(what) {
  said.textContent = what && said.dataset[what];
  said.hidden = !what;
}

view.hidden = false;
if (navigator.mediaDevices?.getUserMedia) {
  button.hidden = false;
  button.addEventListener("click", () => (stream ? stop() : start()));
  addEventListener("pagehide", stop);
} else {
  say("none");
}
