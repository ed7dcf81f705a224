/* A sound and a vibration for each result, distinct without looking; a switch turns them off. */

const root = document.querySelector("[data-checkin]");
const button = root.querySelector("[data-sound]");
const KEY = "check-in-sound";
// frequency in hertz, start and length in seconds
const TUNES = {
  in: [[880, 0, 0.12], [1320, 0.1, 0.16]],
  already: [[660, 0, 0.14], [660, 0.22, 0.14], [660, 0.44, 0.14]],
  other_day: [[660, 0, 0.14], [440, 0.22, 0.14], [660, 0.44, 0.14]],
  undone: [[196, 0, 0.3]],
  refused: [[196, 0, 0.55]],
  kept: [[440, 0, 0.1]],
};
const SHAKES = { in: [80], already: [80, 80, 80, 80, 80], other_day: [80, 80, 80, 80, 80], undone: [80, 80, 80], refused: [400], kept: [40] };

let audio = null;

function isOn() {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

function turn(on) {
  try {
    localStorage.setItem(KEY, on ? "on" : "off");
  } catch {
    // localStorage is blocked: the choice lasts as long as the page
  }
  button.checked = on;
}

function play(tune) {
  if (audio?.state !== "running") return;
  for (const [frequency, start, length] of tune) {
    const tone = new OscillatorNode(audio, { frequency, type: "square" });
    const volume = new GainNode(audio, { gain: 0.2 });
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + start);
    tone.stop(audio.currentTime + start + length);
  }
}

function tell(outcome) {
  if (!button.checked) return;
  play(TUNES[outcome]);
  navigator.vibrate?.(SHAKES[outcome]);
}

/* A browser allows sounds only after the first interaction with the page. */
function wake() {
  audio ??= new AudioContext();
  audio.resume();
}

button.checked = isOn();
button.addEventListener("change", () => turn(button.checked));
addEventListener("pointerdown", wake);
addEventListener("keydown", wake);
document.addEventListener("checkin:shown", ({ detail: { outcome } }) => tell(outcome));
