/* Shows attendees their ticket and seats, from the "registrations" of stars-account.js. */

const { lang } = document.documentElement;

function read() {
  try {
    return JSON.parse(localStorage.getItem("registrations")) ?? {};
  } catch {
    return {};
  }
}

/* Returns a function that sets a link's text, URL and colour for an attendee, or restores them. */
function known(link) {
  const isCall = link.classList.contains("btn-cta");
  const part = link.querySelector("[data-words]") ?? link;
  const words = part.firstChild.data;
  const address = link.href;
  return (mine, own, anchor = "") => {
    part.firstChild.data = mine ? `${own} ` : words;
    link.href = mine ? `/${lang}/my/${mine.code}/${anchor}` : address;
    link.classList.toggle("btn-cta", isCall && !mine);
    link.classList.toggle("btn-primary", Boolean(mine) || !isCall);
  };
}

const links = Array.from(document.querySelectorAll("[data-register]"), (link) => [link.dataset, known(link)]);
const seats = Array.from(document.querySelectorAll("[data-seat]"), (link) => [link, known(link)]);
const seatStates = document.querySelectorAll("[data-seat-state]");
const tickets = document.querySelectorAll("[data-my-ticket]"); // hidden for others
const places = document.querySelector("[data-places]");
const cards = document.querySelectorAll("[data-booked] .tt-item");

function tagCard(card, isBooked) {
  card.querySelector("[data-booked-tag]")?.remove();
  if (!isBooked) return;
  const tag = document.createElement("span");
  tag.className = "tag tag-ok";
  tag.dataset.bookedTag = "";
  tag.textContent = card.closest("[data-booked]").dataset.booked;
  const facts = card.querySelector(".tt-meta");
  facts.insertBefore(tag, facts.querySelector(".own-time"));
}

function draw() {
  const registrations = read();
  const inList = (name, guid) => Object.values(registrations).find((mine) => mine[name]?.includes(guid));
  const holding = (guid) => inList("booked", guid);
  for (const [{ register, ticket, registration }, say] of links) {
    const mine = registrations[register];
    say(mine, mine?.ticket ? ticket : registration);
  }
  for (const link of tickets) {
    const mine = registrations[link.dataset.myTicket];
    link.hidden = !mine?.ticket;
    if (mine?.ticket) link.href = `/${lang}/my/${mine.code}/`;
  }
  for (const [link, say] of seats) {
    const { seat, seatBooked, seatWaiting } = link.dataset;
    const booked = holding(seat);
    const mine = booked ?? inList("waiting", seat);
    say(mine, booked ? seatBooked : seatWaiting, "#sessions");
    for (const state of seatStates) state.hidden = !mine || (state.dataset.seatState === "booked") !== Boolean(booked);
    places.hidden = Boolean(mine);
  }
  for (const card of cards) tagCard(card, Boolean(holding(card.querySelector(":scope > [data-star]")?.dataset.star)));
}

draw();
addEventListener("stars:changed", draw);
addEventListener("storage", draw);
