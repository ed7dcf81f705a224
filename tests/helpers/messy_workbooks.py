"""Three workbooks of 45 sessions as organisers really send them; all people are fictional."""

import datetime
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from openpyxl import Workbook

GIVEN = ["Salma", "Reda", "Nora", "Amal", "Yanis", "Lina", "Omar", "Hiba", "Karim", "Sofia"]
FAMILIES = ["Boussole", "Oasis", "Rivage", "Vigie", "Médina", "Phare"]
ROOMS = ["Amphi A", "Salle des actes", "Patio"]
TRACKS = ["Gouvernance", "Résilience", "Usages"]
DAYS = [datetime.date(2021, 6, 9), datetime.date(2021, 6, 10)]
STARTS = ["09:00", "09:45", "10:45", "11:30", "14:00", "14:45", "15:45", "16:30"]


class Talk(NamedTuple):
    number: int
    day: datetime.date
    start: datetime.time
    room: str
    track: str
    people: list[tuple[str, str]]

    @property
    def end(self) -> datetime.time:
        minutes = self.start.hour * 60 + self.start.minute + 40
        return datetime.time(minutes // 60, minutes % 60)

    @property
    def title(self) -> str:
        return f"Régénérer la ville {self.number}"


def talks() -> Iterator[Talk]:
    """Yield 45 talks without a clash: three at a time, each with two people."""
    everyone = [(given, family) for given in GIVEN for family in FAMILIES]
    number = 0
    for day in DAYS:
        for start in STARTS:
            for place, room in enumerate(ROOMS):
                number += 1
                if number > 45:
                    return
                at = (number * 2) % len(everyone)
                people = [everyone[at], everyone[(at + 1) % len(everyone)]]
                yield Talk(
                    number, day, datetime.time.fromisoformat(start), room, TRACKS[place], people
                )


def decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def versioned() -> Workbook:
    """Return one with a title above, two rows of headings, days between, 9h00, capitals."""
    book = Workbook()
    page = book.active
    page.title = "Feuil1"
    page.append(["PROGRAMME PROVISOIRE – v4 (à valider)"])
    page.append([])
    page.append(["N°", "Intitulé", "Horaire", None, "Lieu", "Thème", "Orateurs", "Contact"])
    page.append([None, None, "H. début", "H. fin"])
    page.merge_cells("C3:D3")
    day = None
    for talk in talks():
        if talk.day != day:
            day = talk.day
            page.append([f"{'Mercredi' if day == DAYS[0] else 'Jeudi'} {day.day} juin 2021"])
        people = " ; ".join(f"{family.upper()} {given}" for given, family in talk.people)
        page.append(
            [f"S-{talk.number:03}", decomposed(talk.title), f"{talk.start.hour}h{talk.start:%M}",
             f"{talk.end.hour} h {talk.end:%M}", f" {talk.room}\u00a0", decomposed(talk.track),
             people, "voir avec le doyen"]
        )  # fmt: skip
    page.row_dimensions[10].hidden = True
    return book


def arabic() -> Workbook:
    """Return one with Arabic headings, days and times of the spreadsheet, and a blank row a day."""
    book = Workbook()
    page = book.active
    page.title = "البرنامج"
    page.append(
        ["العنوان", "Titre", "التاريخ", "البداية", "النهاية", "القاعة", "المحور", "المتدخلون"]
    )
    for talk in talks():
        people = ", ".join(f"{given} {family}" for given, family in talk.people)
        page.append(
            [f"تجديد المدينة {talk.number}", talk.title, talk.day, talk.start, talk.end, talk.room,
             talk.track, people]
        )  # fmt: skip
        if talk.number == 24:
            page.append([])
    return book


def several_sheets() -> Workbook:
    """Return one of four sheets: « J1 », a time slot in one cell, titles before names, initials."""
    book = Workbook()
    page = book.active
    page.title = "Programme"
    page.append(["Titre", "Jour", "Horaire", "Salle", "Axe", "Intervenants", "Modérateur"])
    for talk in talks():
        first, second = talk.people
        page.append(
            [talk.title, f"J{DAYS.index(talk.day) + 1}", f"{talk.start:%Hh%M} – {talk.end:%Hh%M}",
             talk.room, talk.track, f"Pr. {first[0]} {first[1]}", f"Dr {second[0]} {second[1]}"]
        )  # fmt: skip
    people = book.create_sheet("Intervenants")
    people.append(["Nom complet", "Institution"])
    known = dict.fromkeys(person for talk in talks() for person in talk.people)
    for given, family in known:
        people.append([f"{family}, {given}", "Université fictive"])
    people.append(["A. Vigie", None])
    rooms = book.create_sheet("Salles")
    rooms.append(["Nom", "Capacité"])
    for room in ROOMS:
        rooms.append([room, 120])
    book.create_sheet("Notes").append(["Ne pas diffuser"])
    return book


MESSY = {"versioned": versioned, "arabic": arabic, "several_sheets": several_sheets}
