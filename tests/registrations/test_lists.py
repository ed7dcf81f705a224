"""Lists of people in the formats of mail programs and spreadsheets."""

import doctest

import pytest
from django.utils import translation

from symposium.registrations import invitations, lists

NO_ADDRESS, ONE_ADDRESS = "Enter an email address.", "Enter one address per line."
SALMA, NORA = ("a@example.org", "Salma Médina", "fr"), ("b@example.org", "Nora Rivage", "fr")
BOTH = [("a@example.org", "", "fr"), ("b@example.org", "", "fr")]
ARABIC = ("a@example.org", "سلمى المدينة", "ar")


def read(text: str) -> list[tuple[str, str, str]]:
    return [(line.email, line.name, line.language) for line in lists.parse_people(text)]


@pytest.mark.parametrize(
    ("text", "people"),
    [
        # From a mail program
        ("Salma Médina <a@example.org>", [SALMA]),
        ("Médina, Salma <a@example.org>", [SALMA]),
        ('"Médina, Salma" <a@example.org>', [SALMA]),
        ("'Salma Médina' <a@example.org>", [SALMA]),
        ("Médina, Salma <A@Example.org>; Rivage, Nora <b@example.org>;", [SALMA, NORA]),
        ("Salma Médina <a@example.org>, Nora Rivage <b@example.org>;", [SALMA, NORA]),
        ('"Médina, Salma" <a@example.org>, "Rivage, Nora" <b@example.org>', [SALMA, NORA]),
        ("Médina, Salma <a@example.org>, Rivage, Nora <b@example.org>", [SALMA, NORA]),
        ("a@example.org, b@example.org", BOTH),
        ("a@example.org; b@example.org", BOTH),
        ("a@example.org b@example.org", BOTH),
        ("a@example.org, Nora Rivage <b@example.org>", [("a@example.org", "", "fr"), NORA]),
        ("Nora Rivage <b@example.org>, a@example.org", [NORA, ("a@example.org", "", "fr")]),
        ("a@example.org <a@example.org>", [("a@example.org", "", "fr")]),
        ("<a@example.org>", [("a@example.org", "", "fr")]),
        ("mailto:a@example.org", [("a@example.org", "", "fr")]),
        ("a@example.org (Salma Médina)", [SALMA]),
        ("Salma Médina a@example.org", [SALMA]),
        ("سلمى المدينة <a@example.org>; ar", [ARABIC]),
        ("Salma Médina <a@example.org>, fr", [SALMA]),
        ("\u202bسلمى المدينة\u202c <\u200ea@example.org>, العربية", [ARABIC]),
        # From a spreadsheet, without headings
        ("a@example.org;Salma Médina;fr", [SALMA]),
        ("Salma Médina,a@example.org", [SALMA]),
        ("Salma\tMédina\ta@example.org", [SALMA]),
        ("12;Salma;Médina;a@example.org;+212 6 00 00 00 00;Université Hassan II", [SALMA]),
        ("a@example.org;Salma Médina;0522000000", [SALMA]),
        ("1\tSalma Médina\t\ta@example.org\tÉcole d’architecture\t", [SALMA]),
        ("1,Salma Médina <a@example.org>,0522000000,Faculté des lettres", [SALMA]),
        ("٣؛ سلمى المدينة;a@example.org;جامعة الحسن الثاني;ar", [("a@example.org", "", "ar")]),
        ("\tسلمى المدينة\ta@example.org\tar\tوزارة الثقافة", [ARABIC]),
        ('"Salma\nMédina";a@example.org', [SALMA]),
        ('a@example.org,"Salma\r\nMédina",fr\nb@example.org,Nora Rivage', [SALMA, NORA]),
        ('a@example.org,"Salma; Médina"', [("a@example.org", "Salma; Médina", "fr")]),
        ('a@example.org;Salma "Sally" Médina', [("a@example.org", 'Salma "Sally" Médina', "fr")]),
        # With headings
        ("E-mail;Nom;Langue\na@example.org;Salma Médina;fr", [SALMA]),
        (
            "N°;Nom;Prénom;Tél;E-mail;Établissement\n"
            "1;Médina;Salma;0522000000;a@example.org;Casablanca\n"
            "2;Rivage;Nora;;b@example.org;Rabat",
            [SALMA, NORA],
        ),
        ("Last name,First name,Email\nMédina,Salma,a@example.org", [SALMA]),
        ("Ville\tNom et prénom\tCourriel\nFès\tSalma Médina\ta@example.org", [SALMA]),
        (
            "النسب	الاسم الشخصي	البريد الإلكتروني	اللغة\nالمدينة	سلمى	a@example.org	ar",
            [ARABIC],
        ),
        ("E-mail;Ville\nSalma Médina <a@example.org>;Fès", [SALMA]),
        # An unclosed quotation mark
        ('"Salma Médina;a@example.org\nb@example.org;Nora Rivage', [SALMA, NORA]),
        ("\n \n\t\na@example.org;Salma Médina\n\n", [SALMA]),
        ("", []),
    ],
)  # fmt: skip
def test_people_list_is_parsed(text, people):
    assert read(text) == people


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Salma Médina", NO_ADDRESS),
        ("Salma Médina;a@example.org;b@example.org", ONE_ADDRESS),
        ("Salma <a at example.org>", NO_ADDRESS),
    ],
)
def test_invalid_line_is_preserved_with_its_error(text, fault):
    with translation.override("en"):
        [line] = lists.parse_people(text)
    assert (line.text, line.fault, line.email) == (text, fault, "")


def test_parsed_lines_have_numbers_and_round_trip():
    text = 'E-mail\n\n"Salma\nMédina" <a@example.org>\nNora <b@example.org>, c@example.org; ar'
    found = list(lists.parse_people(text))
    assert [(line.number, line.name) for line in found] == [
        (3, "Salma Médina"), (5, "Nora"), (5, ""),
    ]  # fmt: skip
    again = list(lists.parse_people("\n".join(line.text for line in found)))
    assert [(line.email, line.name, line.language) for line in again] == [
        ("a@example.org", "Salma Médina", "fr"), ("b@example.org", "Nora", "ar"),
        ("c@example.org", "", "ar"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"],
)
@pytest.mark.parametrize("between", [";", "\t", ","])
def test_text_file_is_decoded_in_its_encoding(tmp_path, encoding, between):
    lines = [["E-mail", "Nom"], ["a@example.org", "Salma Médina"]]
    file = tmp_path / "list.csv"
    file.write_bytes("\r\n".join(map(between.join, lines)).encode(encoding))
    with file.open("rb") as opened:
        assert read(invitations.read_text(opened, file.name)) == [SALMA]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1256"])
def test_arabic_text_file_is_decoded_in_its_encoding(tmp_path, encoding):
    file = tmp_path / "list.csv"
    file.write_bytes("a@example.org;سلمى المدينة;العربية\r\n".encode(encoding))
    with file.open("rb") as opened:
        assert read(invitations.read_text(opened, file.name)) == [ARABIC]


def test_docstring_examples_pass():
    assert doctest.testmod(lists).failed == 0
