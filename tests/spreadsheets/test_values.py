"""Days, times and names as people write them."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from symposium.spreadsheets.known import are_alike, fold
from symposium.spreadsheets.tables import reference
from symposium.spreadsheets.values import (
    day_names,
    parse_clock,
    parse_day,
    parse_minutes,
    parse_people,
    parse_times,
    split_name,
)

DAYS = [datetime.date(2027, 6, 9), datetime.date(2027, 6, 10), datetime.date(2027, 6, 11)]
TENTH = DAYS[1]


@pytest.mark.parametrize(
    "text",
    [
        "10/06/2027", "10/6/27", "10.06.2027", "10-06-2027", "10/06", "2027-06-10",
        "2027-06-10 09:00", "Jeudi 10", "jeudi 10 juin 2027", "Jeudi 10/06/2027", "10 juin",
        "Thursday", "June 10", "10th June 2027", "Jour 2", "J2", "day 2", "46548", "46548.0",
        "الخميس 10 يونيو 2027", "١٠/٠٦/٢٠٢٧", "الخميس", "JEUDI\u00a010", "\u200e10/06/2027",
    ],
)  # fmt: skip
def test_day(text):
    assert parse_day(text, DAYS, day_names()) == TENTH


def test_day_of_the_date_system_of_1904():
    assert parse_day("45086", DAYS, day_names(), is_1904=True) == TENTH


@pytest.mark.parametrize("text", ["lundi", "31/02/2027", "bientôt", "J9", "?", "12", "2027"])
def test_other_text_is_no_day(text):
    with pytest.raises(ValidationError):
        parse_day(text, DAYS, day_names())


def test_weekday_must_agree_with_the_date():
    with pytest.raises(ValidationError):
        parse_day("lundi 10 juin 2027", DAYS, day_names())


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("9h00", "09:00"), ("9h", "09:00"), ("9 h 30", "09:30"), ("9H05", "09:05"),
        ("9:00", "09:00"), ("09:00:00", "09:00"), ("14.30", "14:30"), ("0.375", "09:00"),
        ("2:30 PM", "14:30"), ("2 pm", "14:00"), ("12:15 am", "00:15"), ("9 heures 15", "09:15"),
        ("2027-06-10 09:00", "09:00"), ("٩:٣٠", "09:30"), ("16 h", "16:00"),
    ],
)  # fmt: skip
def test_clock(text, time):
    assert f"{parse_clock(text):%H:%M}" == time


@pytest.mark.parametrize("text", ["25h00", "9h75", "matin", "9", "9h00 – 10h"])
def test_other_text_is_no_time(text):
    with pytest.raises(ValidationError):
        parse_clock(text)


@pytest.mark.parametrize("text", ["9h00 – 10h30", "9:00-10:30", "de 9h à 10h30", "09:00 → 10:30"])
def test_times(text):
    start, end = parse_times(text.removeprefix("de "))
    assert (f"{start:%H:%M}", f"{end:%H:%M}") == ("09:00", "10:30")


@pytest.mark.parametrize(
    ("text", "given", "family"),
    [
        ("Salma Boussole", "Salma", "Boussole"),
        ("BOUSSOLE Salma", "Salma", "Boussole"),
        ("Salma EL FASSI", "Salma", "El Fassi"),
        ("Boussole, Salma", "Salma", "Boussole"),
        ("Pr. Amina El Fassi", "Amina", "El Fassi"),
        ("Jean-Pierre Dupont", "Jean-Pierre", "Dupont"),
        ("Mohammed Ben Ali", "Mohammed", "Ben Ali"),
        ("UNESCO", "", "UNESCO"),
        ("سلمى البوصلة", "سلمى", "البوصلة"),
    ],
)
def test_name_is_taken_apart(text, given, family):
    assert split_name(text) == (given, family)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Salma Boussole ; Reda Oasis", ["Salma Boussole", "Reda Oasis"]),
        ("Salma Boussole\nReda Oasis", ["Salma Boussole", "Reda Oasis"]),
        ("Salma Boussole, Reda Oasis", ["Salma Boussole", "Reda Oasis"]),
        ("Boussole, Salma", ["Boussole, Salma"]),
        ("Salma Boussole et Reda Oasis", ["Salma Boussole", "Reda Oasis"]),
        ("سلمى البوصلة ؛ رضا الواحة", ["سلمى البوصلة", "رضا الواحة"]),
        ("Salma Boussole (Institut A, Rabat), Reda Oasis", ["Salma Boussole", "Reda Oasis"]),
    ],
)
def test_people_of_a_cell(text, names):
    assert [one.name for one in parse_people(text)] == names


def test_notes_of_a_person():
    [one] = parse_people("Dr Salma Boussole (Université A) (Chair) [salma-2]")
    assert one == ("Salma Boussole", ["Université A", "Chair"], "salma-2")


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("A. Vigie", "Amal Vigie", True),
        ("Mohamed Benali", "Mohammed Benali", True),
        ("Nora Vigie", "Amal Vigie", False),
        ("Salma Boussole", "Reda Oasis", False),
    ],
)
def test_names_alike(one, other, alike):
    assert are_alike(fold(one), fold(other)) is alike


def test_reference():
    assert [reference(7, 0), reference(1, 25), reference(2, 26)] == ["A7", "Z1", "AA2"]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("20", 20), ("20 min", 20), ("0:20", 20), ("0:20:00", 20), ("1h30", 90), ("2 h", 120)],
)
def test_length(text, minutes):
    assert parse_minutes(text) == minutes
