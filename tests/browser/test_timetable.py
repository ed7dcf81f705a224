"""The timetable as drawn: a list on a phone, a grid of rooms on a desktop."""

import itertools

import pytest

from tests.helpers.urls import PAGES

IN_BOTH_DIRECTIONS = pytest.mark.parametrize("language", ["fr", "ar"])
DAYS = ["2021/programme/?day=2021-06-09", "2021/programme/?day=2021-06-10"]
MANY_ROOMS = "scale/programme/?day=2020-06-01"
DRAWN = """
() => {
  const box = (element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    return { left, right, top, bottom };
  };
  const named = (head) => [...head.childNodes].filter((node) => !node.matches?.("small"))
    .map((node) => node.textContent).join("").trim();
  return {
    heads: [...document.querySelectorAll(".tt-head:not(.tt-head-gutter)")].map((head) => ({
      room: named(head), ...box(head) })),
    hours: [...document.querySelectorAll(".tt-time")].map((hour) => ({
      at: hour.querySelector("time").getAttribute("datetime"), ...box(hour) })),
    cards: [...document.querySelectorAll(".tt-item")].map((card) => ({
      title: card.querySelector("h4").textContent,
      room: card.querySelector(".tt-room")?.lastChild.textContent ?? null,
      wide: card.matches(".tt-all"),
      starts: card.querySelectorAll("time")[0].getAttribute("datetime"),
      ends: card.querySelectorAll("time")[1].getAttribute("datetime"),
      ...box(card) })),
  };
}
"""


def draw(window, path: str, width: int) -> dict:
    page = window(viewport={"width": width, "height": 800})
    page.goto(path)
    return page.evaluate(DRAWN)


def meet(one: dict, other: dict) -> bool:
    return (
        one["left"] < other["right"] - 1
        and other["left"] < one["right"] - 1
        and one["top"] < other["bottom"] - 1
        and other["top"] < one["bottom"] - 1
    )


@IN_BOTH_DIRECTIONS
@pytest.mark.parametrize(
    "path", [*DAYS, MANY_ROOMS, PAGES["filtered"].replace("all", "2021-06-09")]
)
def test_timetable_grid_has_room_columns_and_chronological_rows(window, language, path):
    drawn = draw(window, f"/{language}/{path}", 1280)
    heads, cards = {head["room"]: head for head in drawn["heads"]}, drawn["cards"]
    assert len(heads) == len(drawn["heads"]) > 0
    assert cards
    for card in cards:
        assert card["top"] >= max(head["bottom"] for head in heads.values()) - 1
        if not card["wide"]:
            head = heads[card["room"]]
            assert head["left"] - 1 <= card["left"]
            assert card["right"] <= head["right"] + 1
    assert [pair for pair in itertools.combinations(cards, 2) if meet(*pair)] == []
    for one, other in itertools.permutations(cards, 2):
        if one["starts"] == other["starts"]:
            assert abs(one["top"] - other["top"]) <= 1
        if one["ends"] <= other["starts"]:
            assert one["bottom"] <= other["top"]
    for hour, card in itertools.product(drawn["hours"], cards):
        if card["starts"] == hour["at"]:
            assert 0 <= card["top"] - hour["top"] <= 6


@IN_BOTH_DIRECTIONS
@pytest.mark.parametrize("path", [*DAYS, MANY_ROOMS])
def test_timetable_list_is_chronological(window, language, path):
    drawn = draw(window, f"/{language}/{path}", 390)
    assert [head for head in drawn["heads"] if head["right"] > head["left"]] == []
    cards = drawn["cards"]
    assert cards == sorted(cards, key=lambda card: (card["starts"], card["top"]))
    assert cards == sorted(cards, key=lambda card: card["top"])
    assert [pair for pair in itertools.pairwise(cards) if meet(*pair)] == []
    lines = sorted([*drawn["hours"], *cards], key=lambda line: line["top"])
    said = [line.get("at", line.get("starts")) for line in lines]
    assert said == sorted(said)
