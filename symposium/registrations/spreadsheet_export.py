"""Export of registrations as a table: a row for each, read and written in batches.

Only some hundreds are in memory at a time: twenty thousand fit in a small process.
"""

import csv
import datetime
import io
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO

from django.db.models import F
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from openpyxl import Workbook

from symposium.core.admin.spreadsheet import escape_formula
from symposium.editions.models import Edition
from symposium.registrations import countries
from symposium.registrations.models import (
    Answer,
    Booking,
    Category,
    CheckIn,
    Option,
    Question,
    Registration,
)
from symposium.registrations.models.registrations import State
from symposium.sessions.models import Session

BATCH_SIZE = 500
# Spreadsheets show no more in a cell.
MAX_CELL_CHARS = 32_000


@dataclass
class Line:
    """A registration with all the data of its row, in plain values: models would be slow."""

    person: Registration
    # `(session key, state of the booking)`
    booked: list[tuple[int, str]] = field(default_factory=list)
    days: list[datetime.date] = field(default_factory=list)
    # By question key: `(option key, text)` of each answer.
    answers: dict[int, list[tuple[int | None, str]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Column:
    heading: str
    value: Callable[[Line], str]


def answer_text(answer: Answer) -> str:
    """Return an answer in the reader's language. `answer.question` must be loaded."""
    if answer.option_id:
        return str(answer.option)
    return option_text(answer.question, answer.text)


def option_text(question: Question, text: str) -> str:
    if question.kind == Question.Kind.YES_NO:
        return {"yes": _("Yes"), "no": _("No")}.get(text, text)
    return text


# UsageCount


def lines(queryset) -> Iterator[Line]:
    """Yield the registrations of a queryset as lines, read in batches."""
    account = {"email": F("user__email"), "language": F("user__language")}
    found = queryset.prefetch_related(None).select_related(None).annotate(**account)
    people = found.iterator(chunk_size=BATCH_SIZE)
    while batch := list(itertools.islice(people, BATCH_SIZE)):
        read = {person.pk: Line(person) for person in batch}
        attach_details(read)
        yield from read.values()


def attach_details(read: dict[int, Line]) -> None:
    """Add bookings, days checked in and answers to the lines, with one query for each."""
    bookings = Booking.objects.active().filter(registration__in=read).order_by("pk")
    for key, session, state in bookings.values_list("registration", "session", "state"):
        read[key].booked.append((session, state))
    entries = CheckIn.objects.active().at_the_entrance().filter(registration__in=read)
    for key, day in entries.order_by("day").values_list("registration", "day"):
        read[key].days.append(day)
    answers = Answer.objects.filter(registration__in=read).order_by("option__order", "pk")
    for key, question, option, text in answers.values_list(
        "registration", "question", "option", "text"
    ):
        read[key].answers.setdefault(question, []).append((option, text))


# Columns


def columns(editions: Iterable[Edition], *, with_needs: bool) -> list[Column]:
    """Return the columns, in the reader's language; accessibility needs only if `with_needs`."""
    by_key = {edition.pk: edition for edition in editions}
    found = [*status_columns(by_key), *identity_columns()]
    if with_needs:
        found.append(Column(_("Accessibility needs"), lambda line: line.person.accessibility_needs))
    return [*found, *attendance_columns(by_key), *question_columns(by_key)]


def status_columns(editions: dict[int, Edition]) -> list[Column]:
    categories = {one.pk: str(one) for one in Category.objects.filter(edition__in=editions)}
    zones = {pk: edition.zone for pk, edition in editions.items()}
    states = {state: str(label) for state, label in State.choices}

    def registered(line: Line) -> str:
        zone = zones[line.person.edition_id]
        return f"{line.person.created_at.astimezone(zone):%Y-%m-%d %H:%M}"

    own = [] if len(editions) == 1 else [
        Column(_("Edition"), lambda line: editions[line.person.edition_id].slug)
    ]  # fmt: skip
    return [
        *own,
        Column(_("Ticket code"), lambda line: line.person.code),
        Column(_("State"), lambda line: states[line.person.state]),
        Column(_("Category"), lambda line: categories[line.person.category_id]),
        Column(_("Registered"), registered),
    ]


def identity_columns() -> list[Column]:
    names = dict(countries.all_countries())
    roles = {role: str(label) for role, label in Registration.Role.choices}
    yes, no = _("Yes"), _("No")

    def country(line: Line) -> str:
        code = line.person.country.code or ""
        return names.get(code, code)

    return [
        Column(_("Given name"), lambda line: line.person.given_name),
        Column(_("Family name"), lambda line: line.person.family_name),
        Column(_("Given name in Arabic script"), lambda line: line.person.given_name_ar),
        Column(_("Family name in Arabic script"), lambda line: line.person.family_name_ar),
        Column(_("Email address"), lambda line: line.person.email or ""),
        Column(_("Language"), lambda line: line.person.language or ""),
        Column(_("Affiliation"), lambda line: line.person.affiliation),
        Column(_("Profile"), lambda line: roles.get(line.person.role, line.person.role)),
        Column(_("Country"), country),
        Column(_("On the public list"), lambda line: yes if line.person.is_listed else no),
    ]


def attendance_columns(editions: dict[int, Edition]) -> list[Column]:
    limited = Session.objects.filter(edition__in=editions, bookings__isnull=False).distinct()
    titles = {session.pk: str(session) for session in limited}
    states = {state: str(label) for state, label in State.choices}

    def booked(line: Line) -> str:
        return "; ".join(
            titles[session] if state == State.CONFIRMED else f"{titles[session]} ({states[state]})"
            for session, state in line.booked
        )

    def came(line: Line) -> str:
        return "; ".join(f"{day:%Y-%m-%d}" for day in line.days)

    return [Column(_("Sessions booked"), booked), Column(_("Days checked in"), came)]


def question_columns(editions: dict[int, Edition]) -> list[Column]:
    asked = Question.objects.filter(edition__in=editions).order_by("edition", "order", "pk")
    options = Option.objects.filter(question__edition__in=editions)
    labels = {option.pk: str(option) for option in options}
    return [Column(str(question), answers_text(question, labels)) for question in asked]


def answers_text(question: Question, labels: dict[int, str]) -> Callable[[Line], str]:
    def value(line: Line) -> str:
        return "; ".join(
            labels[option] if option else option_text(question, text)
            for option, text in line.answers.get(question.pk, ())
        )

    return value


# Files


def rows(columns: list[Column], lines: Iterable[Line]) -> Iterator[list[str]]:
    """Yield the headings, then a row for each person, with formulas escaped."""
    yield [escape_formula(column.heading) for column in columns]
    for line in lines:
        yield [escape_formula(column.value(line))[:MAX_CELL_CHARS] for column in columns]


def write_xlsx(rows: Iterable[list[str]], file: IO[bytes]) -> int:
    """Write a workbook; return the number of rows below the headings."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    sheet.sheet_view.rightToLeft = get_language_bidi()
    number = -1
    for number, row in enumerate(rows):  # noqa: B007 (it is counted as it goes)
        sheet.append(row)
    book.save(file)
    return number


def write_csv(rows: Iterable[list[str]], file: IO[bytes]) -> int:
    """Write CSV; return the number of rows below the headings.

    The file starts with a byte order mark: without it a spreadsheet shows Arabic as noise.
    """
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    number = -1
    for number, row in enumerate(rows):  # noqa: B007 (it is counted as it goes)
        writer.writerow(row)
    text.detach()
    return number


FORMATS = {"xlsx": write_xlsx, "csv": write_csv}
CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
