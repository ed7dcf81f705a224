// The planner: sessions are dragged, or moved by keyboard. Each move is the form that the panel
// sends without this script; the answer says where every session of the day is now.
const grid = document.getElementById("pl-grid");
const pool = document.getElementById("pl-pool");
const plan = document.getElementById("pl-plan");
const live = document.getElementById("pl-live");
const STEP = 5; // minutes in a row
const QUARTER = 15;
const firstHour = Number(grid.dataset.firstHour);
const rooms = [...grid.querySelectorAll(".pl-room")];
const columns = [...grid.querySelectorAll(".pl-col")];
const hours = [...grid.querySelectorAll(".pl-hour")];

let picked = null; // { card, minute, room, from }

// What is where

const cardOf = (key) => document.querySelector(`.pl-s[data-session="${key}"]`);
const titleOf = (card) => card.querySelector(".pl-title").textContent;
const lengthOf = (card) => Number(card.dataset.minutes);
const two = (number) => String(number).padStart(2, "0");
const clock = (minute) => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;

// The number in a class such as pl-t12, or null.
function numberIn(element, letter) {
  const found = element.className.match(new RegExp(`(?:^| )pl-${letter}(\\d+)`));
  return found ? Number(found[1]) : null;
}

function placeOf(card) {
  const row = numberIn(card, "t");
  const column = numberIn(card, "c");
  const room = rooms.findIndex((one) => {
    const first = numberIn(one, "c");
    return column >= first && column < first + (numberIn(one, "w") ?? 1);
  });
  return {
    minute: row === null ? null : firstHour * 60 + row * STEP,
    room: room < 0 ? rooms.length - 1 : room,
  };
}

function classesAt(minute, room, length) {
  const row = (minute - firstHour * 60) / STEP;
  return `pl-t${row} pl-d${Math.max(1, Math.ceil(length / STEP))} pl-c${numberIn(rooms[room], "c")}`;
}

function within(minute, length) {
  const last = (firstHour + hours.length) * 60 - length;
  return Math.max(firstHour * 60, Math.min(minute, last));
}

const roomName = (room) => rooms[room].querySelector("span").textContent;

// Saying and sending

function say(words) {
  live.textContent = "";
  requestAnimationFrame(() => { live.textContent = words; });
}

async function send(fields, form = plan) {
  const body = new FormData(form);
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  try {
    const answer = await fetch(plan.getAttribute("action"), { method: "POST", body, headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.statusText);
    show(await answer.json());
  } catch {
    say(live.dataset.failed);
    live.classList.remove("visually-hidden");
  }
}

function place(card, minute, room) {
  const fields = { action: "place", session: card.dataset.session, day: plan.dataset.day };
  return send({ ...fields, start: clock(minute), room: rooms[room].dataset.room, minutes: lengthOf(card) });
}

// Showing an answer

function show(day) {
  live.classList.toggle("visually-hidden", !day.error);
  grid.className = `pl-grid pl-rooms-${day.lanes}`;
  day.columns.forEach((where, number) => {
    rooms[number].className = `pl-room ${where}`;
    columns[number].className = `pl-col ${where}`;
  });
  const focused = document.activeElement;
  for (const card of document.querySelectorAll(".pl-s")) {
    const state = day.cards[card.dataset.session];
    if (state) showCard(card, state);
    else card.remove(); // on another day
  }
  if (focused.isConnected) focused.focus({ preventScroll: true });
  grid.querySelectorAll(".pl-ghost").forEach((ghost) => ghost.remove());
  for (const ghost of day.ghosts) {
    const box = document.createElement("div");
    box.className = `pl-ghost ${ghost.place}`;
    box.textContent = ghost.label;
    grid.append(box);
  }
  showConflicts(day.conflicts);
  document.querySelector("#pl-pool-name span").textContent = pool.children.length;
  document.getElementById("pl-moves").textContent = day.moves;
  plan.querySelector("[value=undo]").disabled = !day.can_undo;
  plan.querySelector("[value=redo]").disabled = !day.can_redo;
  say(day.said);
  const unknown = Object.keys(day.cards).some((key) => !cardOf(key));
  if (unknown) location.reload(); // somebody else’s, or back from another day
}

function showCard(card, state) {
  const open = card.classList.contains("is-open") ? " is-open" : "";
  card.className = `pl-s ${state.place} ${state.state}${open}`;
  card.querySelector(".pl-times").textContent = state.times;
  const flags = state.flags.map((flag) => {
    const word = document.createElement("b");
    word.textContent = flag;
    return word;
  });
  card.querySelector(".pl-flags").replaceChildren(...flags);
  const home = state.place ? grid : pool;
  if (card.parentElement !== home) home.append(card);
}

function showConflicts(conflicts) {
  const box = document.getElementById("pl-conflicts");
  box.hidden = !conflicts.length;
  box.querySelector("summary span").textContent = conflicts.length;
  const lines = conflicts.map((conflict) => {
    const line = document.createElement("li");
    line.textContent = conflict.sentence;
    line.classList.toggle("is-refused", conflict.refused);
    return line;
  });
  box.querySelector("ul").replaceChildren(...lines);
}

// By keyboard

function pickUp(card) {
  const where = placeOf(card);
  picked = { card, ...where, from: card.className, home: card.parentElement };
  if (where.minute === null) {
    picked.minute = within((firstHour + 1) * 60, lengthOf(card));
    picked.room = 0;
    grid.append(card);
    showPicked();
    card.querySelector(".pl-title").focus();
  }
  card.classList.add("is-picked");
  say(`${titleOf(card)}. ${live.dataset.picked}`);
}

function showPicked() {
  const { card, minute, room } = picked;
  card.className = `pl-s is-picked ${classesAt(minute, room, lengthOf(card))}`;
  card.querySelector(".pl-times").textContent = `${clock(minute)}–${clock(minute + lengthOf(card))}`;
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function cancel() {
  const { card, from, home } = picked;
  picked = null;
  card.className = from;
  if (card.parentElement !== home) home.append(card);
  const where = placeOf(card);
  if (where.minute !== null) {
    const ends = clock(where.minute + lengthOf(card));
    card.querySelector(".pl-times").textContent = `${clock(where.minute)}–${ends}`;
  }
  card.querySelector(".pl-title").focus();
  say(live.dataset.cancelled);
}

function drop() {
  const { card, minute, room } = picked;
  picked = null;
  return place(card, minute, room);
}

// Start to end of the line is the order of the rooms, so that arrows follow the eye in Arabic too.
function arrow(event) {
  const side = getComputedStyle(grid).direction === "rtl" ? -1 : 1;
  const step = event.shiftKey ? STEP : QUARTER;
  const [minutes, sideways] = {
    ArrowUp: [-step, 0], ArrowDown: [step, 0], ArrowLeft: [0, -side], ArrowRight: [0, side],
  }[event.key];
  picked.minute = within(picked.minute + minutes, lengthOf(picked.card));
  picked.room = Math.max(0, Math.min(picked.room + sideways, rooms.length - 1));
  showPicked();
  say(`${clock(picked.minute)}, ${roomName(picked.room)}`);
}

document.addEventListener("keydown", (event) => {
  const card = event.target.closest?.(".pl-s");
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (picked) {
    if (event.key.startsWith("Arrow")) arrow(event);
    else if (event.key === "Enter" || event.key === " ") drop();
    else if (event.key === "Escape") cancel();
    else return;
    event.preventDefault();
  } else if (card && event.target.matches(".pl-title") && [" ", "m", "M"].includes(event.key)) {
    event.preventDefault();
    pickUp(card);
  }
});
// A button is pressed when the space bar is released.
document.addEventListener("keyup", (event) => {
  if (event.key === " " && event.target.matches?.(".pl-title")) event.preventDefault();
});
document.addEventListener("focusout", (event) => {
  if (picked && event.target === picked.card.querySelector(".pl-title")
      && event.relatedTarget && !picked.card.contains(event.relatedTarget)) cancel();
});

// By pointer; a finger scrolls, and moves sessions in the panel

const NEAR = 5; // pixels that a hand may shake
let drag = null; // { card, x, y, offset, mark, minute, room }

document.addEventListener("pointerdown", (event) => {
  const card = event.target.closest?.(".pl-s");
  if (!card || event.button || event.pointerType === "touch" || event.target.matches("input")) return;
  if (picked) cancel();
  drag = { card, x: event.clientX, y: event.clientY, offset: 0 };
  if (card.parentElement === grid) drag.offset = event.clientY - card.getBoundingClientRect().top;
});

document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  if (!drag.mark) {
    if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < NEAR) return;
    drag.mark = document.createElement("div");
    drag.card.classList.add("is-dragged");
  }
  event.preventDefault();
  target(event);
});

// Find the room and the time under the pointer, and mark them.
function target(event) {
  const frame = grid.parentElement.getBoundingClientRect();
  const inside = event.clientX >= frame.left && event.clientX <= frame.right
    && event.clientY >= frame.top && event.clientY <= frame.bottom;
  const room = rooms.findIndex((one) => {
    const box = one.getBoundingClientRect();
    return event.clientX >= box.left && event.clientX <= box.right;
  });
  const over = pool.parentElement.getBoundingClientRect();
  drag.toPool = event.clientX >= over.left && event.clientX <= over.right
    && event.clientY >= over.top && event.clientY <= over.bottom;
  pool.classList.toggle("is-target", drag.toPool && drag.card.parentElement === grid);
  drag.minute = null;
  if (!inside || room < 0) {
    drag.mark.remove();
    return;
  }
  const top = hours[0].getBoundingClientRect().top;
  const row = (hours[1].getBoundingClientRect().top - top) / (60 / STEP);
  const step = event.shiftKey ? STEP : QUARTER;
  const minute = firstHour * 60 + ((event.clientY - drag.offset - top) / row) * STEP;
  drag.minute = within(Math.round(minute / step) * step, lengthOf(drag.card));
  drag.room = drag.card.classList.contains("pl-all") ? rooms.length - 1 : room;
  const across = drag.card.classList.contains("pl-all") ? " pl-all" : "";
  drag.mark.className = `pl-drop ${classesAt(drag.minute, drag.room, lengthOf(drag.card))}${across}`;
  drag.mark.textContent = clock(drag.minute);
  grid.append(drag.mark);
}

const stop = (event) => event.preventDefault();

function endDrag() {
  drag?.mark?.remove();
  drag?.card.classList.remove("is-dragged");
  pool.classList.remove("is-target");
  const ended = drag;
  drag = null;
  return ended;
}

document.addEventListener("pointerup", () => {
  const ended = endDrag();
  if (!ended?.mark) return;
  // The click that follows would open the panel.
  addEventListener("click", stop, { capture: true });
  setTimeout(() => removeEventListener("click", stop, { capture: true }));
  const key = ended.card.dataset.session;
  if (ended.minute !== null) place(ended.card, ended.minute, ended.room);
  else if (ended.toPool && ended.card.parentElement === grid) send({ action: "remove", session: key });
});
document.addEventListener("pointercancel", endDrag);
document.addEventListener("dragstart", (event) => {
  if (event.target.closest?.(".pl-s")) event.preventDefault();
});

// Selections

plan.addEventListener("submit", (event) => {
  event.preventDefault();
  send({ action: event.submitter?.value ?? "later" });
});

let last = null;
document.addEventListener("click", (event) => {
  if (!event.target.matches?.(".pl-s input")) return;
  const boxes = [...document.querySelectorAll(".pl-s input")];
  if (event.shiftKey && last) {
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(event.target)].sort((a, b) => a - b);
    for (const box of boxes.slice(from, to + 1)) box.checked = event.target.checked;
  }
  last = event.target;
  count();
});

function count() {
  const chosen = document.querySelectorAll(".pl-s input:checked").length;
  document.getElementById("pl-count").textContent = chosen || "";
}

count();
document.getElementById("pl-keys").hidden = false;
document.body.classList.add("pl-drags");
