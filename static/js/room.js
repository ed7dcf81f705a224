/* Shows in the head of a room's page its current or next session; now.js says what time it is. */

const place = document.querySelector("[data-room-next]");

function endOf(card) {
  const times = card.querySelectorAll(".tt-meta time");
  return Date.parse(times[1].getAttribute("datetime"));
}

function draw({ detail: at }) {
  const cards = [...document.querySelectorAll(".tt-item:not(.tt-break, .tt-cancelled)")];
  const card = cards.find((one) => endOf(one) > at);
  place.hidden = !card;
  if (!card) return;
  const day = card.closest(".tt").previousElementSibling.cloneNode(true);
  const times = card.querySelector(".tt-meta bdi").cloneNode(true);
  const line = document.createElement("span");
  line.append(...day.childNodes, place.dataset.comma, times);
  place.querySelector("dd").replaceChildren(card.querySelector("h4 a").cloneNode(true), line);
}

addEventListener("now:drawn", draw);
