"""Registrations as a table that organisers take away: a row for each, read and written in turn.

However many there are, only some hundreds are in memory: twenty thousand fit in a small process.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from django.db.models import Prefetch
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from openpyxl import Workbook

from symposium.editions.models import Edition
from symposium.registrations import countries
from symposium.registrations.models import Answer, Booking, Category, CheckIn, Question
from symposium.registrations.models import Registration as Person
from symposium.sessions.models import Session
from symposium.spreadsheet import defused

AT_ONCE = 500
# No spreadsheet shows more in a cell.
LONGEST = 32_000


@dataclass(frozen=True)
class Column:
    heading: str
    value: Callable[[Person], str]


def words_of(answer: Answer) -> str:
    """What somebody answered, in the reader's language. The question is loaded."""
    if answer.option_id:
        return str(answer.option)
    if answer.question.kind == Question.Kind.YES_NO:
        return {"yes": _("Yes"), "no": _("No")}.get(answer.text, answer.text)
    return answer.text


def people(queryset) -> Iterator[Person]:
    """The registrations of a queryset with all that a row needs, some hundreds at a time."""
    answers = Answer.objects.select_related("question", "option")
    found = (
        queryset.prefetch_related(None)
        .select_related("user")
        .prefetch_related(
            Prefetch("bookings", Booking.objects.live().order_by("pk"), to_attr="booked"),
            Prefetch("check_ins", entries().order_by("day"), to_attr="came"),
            Prefetch("answers", answers, to_attr="said"),
        )
    )
    return found.iterator(chunk_size=AT_ONCE)


def entries():
    return CheckIn.objects.standing().at_the_entrance()


def columns(editions: Iterable[Edition], *, with_needs: bool) -> list[Column]:
    """The columns, in the reader's language; the accessibility needs only when asked for."""
    editions = {edition.pk: edition for edition in editions}
    found = [*standing(editions), *identity()]
    if with_needs:
        found.append(Column(_("Accessibility needs"), lambda person: person.needs))
    return [*found, *attendance(editions), *questions(editions)]


def standing(editions: dict[int, Edition]) -> list[Column]:
    categories = {one.pk: str(one) for one in Category.objects.filter(edition__in=editions)}
    zones = {pk: edition.zone for pk, edition in editions.items()}

    def registered(person: Person) -> str:
        return f"{person.created_at.astimezone(zones[person.edition_id]):%Y-%m-%d %H:%M}"

    own = [] if len(editions) == 1 else [
        Column(_("Edition"), lambda person: editions[person.edition_id].slug)
    ]  # fmt: skip
    return [
        *own,
        Column(_("Ticket code"), lambda person: person.code),
        Column(_("State"), lambda person: str(person.get_state_display())),
        Column(_("Category"), lambda person: categories[person.category_id]),
        Column(_("Registered"), registered),
    ]


def identity() -> list[Column]:
    names = dict(countries.all_named())
    return [
        Column(_("Given name"), lambda person: person.given_name),
        Column(_("Family name"), lambda person: person.family_name),
        Column(_("Given name in Arabic script"), lambda person: person.given_name_ar),
        Column(_("Family name in Arabic script"), lambda person: person.family_name_ar),
        Column(_("E-mail address"), lambda person: person.user.email if person.user else ""),
        Column(_("Language"), lambda person: person.user.language if person.user else ""),
        Column(_("Affiliation"), lambda person: person.affiliation),
        Column(_("Role"), lambda person: str(person.get_role_display())),
        Column(_("Country"), lambda person: names.get(person.country.code, person.country.code)),
        Column(_("On the public list"), lambda person: _("Yes") if person.is_listed else _("No")),
    ]


def attendance(editions: dict[int, Edition]) -> list[Column]:
    limited = Session.objects.filter(edition__in=editions, bookings__isnull=False).distinct()
    titles = {session.pk: str(session) for session in limited}

    def booked(person: Person) -> str:
        return "; ".join(
            titles[one.session_id]
            if one.is_confirmed
            else f"{titles[one.session_id]} ({one.get_state_display()})"
            for one in person.booked
        )

    def came(person: Person) -> str:
        return "; ".join(f"{entry.day:%Y-%m-%d}" for entry in person.came)

    return [Column(_("Sessions booked"), booked), Column(_("Days checked in"), came)]


def questions(editions: dict[int, Edition]) -> list[Column]:
    asked = Question.objects.filter(edition__in=editions).order_by("edition", "order", "pk")
    return [Column(str(question), answers_to(question)) for question in asked]


def answers_to(question: Question) -> Callable[[Person], str]:
    def value(person: Person) -> str:
        return "; ".join(words_of(one) for one in person.said if one.question_id == question.pk)

    return value


# Files


def rows(columns: list[Column], people: Iterable[Person]) -> Iterator[list[str]]:
    """The headings, then a row for each person; nothing in them that a spreadsheet would run."""
    yield [defused(column.heading) for column in columns]
    for person in people:
        yield [defused(column.value(person))[:LONGEST] for column in columns]


def write_xlsx(rows: Iterable[list[str]], file: IO[bytes]) -> int:
    """Write a workbook; return how many rows it has below the headings."""
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
    """The same in CSV, with the mark without which a spreadsheet reads Arabic as noise."""
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
