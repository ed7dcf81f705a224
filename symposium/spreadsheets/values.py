"""Values as people write them in cells: days, times, names of people, lists."""

import datetime
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.dates import MONTHS, MONTHS_3, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from symposium.core.i18n.dates import long_date
from symposium.core.i18n.localized import LANGUAGES, sort_key
from symposium.core.i18n.names import NAME_PART, ONE_FORM
from symposium.spreadsheets.tables import plain

WORD = re.compile(r"[^\W\d_]+|\d+")
# A day of 1954 to 2119 as a number of days, as spreadsheets store it.
SERIAL = re.compile(r"[2-7]\d{4}(\.\d+)?")
ISO_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b")
DAY_FIRST = re.compile(r"(\d{1,2})\s?[-/.]\s?(\d{1,2})(?:\s?[-/.]\s?(\d{4}|\d{2}))?$")
CLOCK = re.compile(
    r"(\d{1,2})\s*(?:[:hH٫.]|heures?|س)\s*(\d{2})?(?:[:.]\d{2}(?:\.\d+)?)?\s*(?:min|mn)?\s*"
    r"([aApP]\.?[mM]\.?|ص|م)?"
)
CLOCK_12 = re.compile(r"(\d{1,2})()\s*([aApP]\.?[mM]\.?)")
BEFORE_END = re.compile(r"\s*(?:[-–—−>→]|\bà\b|\bto\b|\bau\b|إلى)+\s*")
DAY_NUMBER = re.compile(r"(?:jour|day|j|d|اليوم)\s*n?°?\s*(\d{1,2})")
# Months as Moroccans write them, beside the names that Django knows.
MOROCCAN_MONTHS = {"يونيه": 6, "يوليوز": 7, "غشت": 8, "شتنبر": 9, "نونبر": 11, "دجنبر": 12}
TITLES = re.compile(r"^(?:(?:pr|prof|dr|mme|mlle|mr|m|mrs|ms|me|pre|pro|د|ذ|أ)\.?\s+|[دذأ]\.\s*)+",
                    re.IGNORECASE)  # fmt: skip
PARTICLES = {
    "el", "al", "ben", "bin", "ibn", "bent", "ait", "aït", "ould", "oulad", "abou", "abu", "bou",
    "de", "du", "des", "la", "le", "van", "von", "der", "den", "di", "da", "dos", "del", "ten",
    "بن", "ابن", "بنت", "آيت", "أبو", "بو", "ولد",
}  # fmt: skip


def fold(text: str) -> str:
    """Return the words of a text without case, accents, signs and Arabic article, in order."""
    return " ".join(NAME_PART.findall(sort_key(plain(text)).translate(ONE_FORM)))


def digits(text: str) -> str:
    """Return the text with European digits."""
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in plain(text))


def names_of(*tables: Mapping[int, object]) -> dict[str, int]:
    """Return the numbers of folded names in three languages."""
    found: dict[str, int] = {}
    for language in LANGUAGES:
        with translation.override(language):
            for table in tables:
                found |= {fold(str(name)): number for number, name in table.items()}
    return found


class DayNames(NamedTuple):
    months: dict[str, int]
    weekdays: dict[str, int]


def day_names() -> DayNames:
    months = names_of(MONTHS, MONTHS_3) | {fold(k): n for k, n in MOROCCAN_MONTHS.items()}
    return DayNames(months, names_of(WEEKDAYS, WEEKDAYS_ABBR))


def invalid(sentence: str, code: str = "cell") -> ValidationError:
    return ValidationError(sentence, code=code)


def parse_day(
    text: str, days: Sequence[datetime.date], names: DayNames, is_1904: bool = False
) -> datetime.date:
    """Return the day that a cell means in an edition of these days; raise ValidationError.

    Accepted: 10/06/2027, 10/06, 2027-06-10, Thursday 10 June 2027, Thursday 10, Thursday, day 2,
    and the number of a day of a spreadsheet. A number before a month is always the day.
    """
    text = digits(text)
    try:
        if SERIAL.fullmatch(text):
            epoch = CALENDAR_MAC_1904 if is_1904 else CALENDAR_WINDOWS_1900
            return from_excel(float(text), epoch).date()
        if found := ISO_DAY.match(text):
            return datetime.date(*map(int, found.groups()))
        if found := DAY_FIRST.search(text):
            day, month, year = found.groups()
            years = int(year) + (2000 if len(year) == 2 else 0) if year else days[0].year
            return agreed(datetime.date(years, int(month), int(day)), text, names)
    except (ValueError, OverflowError):
        raise unknown_day(text, days) from None
    if found := DAY_NUMBER.fullmatch(text.lower()):
        number = int(found[1])
        if 0 < number <= len(days):
            return days[number - 1]
        raise unknown_day(text, days)
    return day_in_words(text, days, names)


def agreed(day: datetime.date, text: str, names: DayNames) -> datetime.date:
    """Return the day unless the text names another day of the week."""
    said = [names.weekdays[word] for word in fold(text).split() if word in names.weekdays]
    if said and day.weekday() not in said:
        raise invalid(
            _("The day of the week and the date don’t agree: %(date)s is a %(weekday)s.")
            % {"date": long_date(day), "weekday": WEEKDAYS[day.weekday()]}
        )
    return day


def day_in_words(text: str, days: Sequence[datetime.date], names: DayNames) -> datetime.date:
    words = WORD.findall(sort_key(text).translate(ONE_FORM))
    words = [fold(word) for word in words]
    numbers = [int(word) for word in words if word.isdecimal()]
    year = next((n for n in numbers if n > 1900), None)
    number = next((n for n in numbers if n <= 31), None)
    month = next((names.months[w] for w in words if w in names.months), None)
    weekdays = {names.weekdays[word] for word in words if word in names.weekdays}
    if number and month:
        try:
            return agreed(datetime.date(year or days[0].year, month, number), text, names)
        except ValueError:
            raise unknown_day(text, days) from None
    fit = [
        day
        for day in days
        if number in (None, day.day) and month in (None, day.month) and year in (None, day.year)
        and (not weekdays or day.weekday() in weekdays)
    ]  # fmt: skip
    if len(fit) == 1 and (number or weekdays):
        return fit[0]
    raise unknown_day(text, days)


def unknown_day(text: str, days: Sequence[datetime.date]) -> ValidationError:
    return invalid(
        _("This is not a day of the edition (%(first)s to %(last)s). Write it like %(example)s.")
        % {
            "first": long_date(days[0]),
            "last": long_date(days[-1]),
            "example": f"\u2066{days[0]:%d/%m/%Y}\u2069",
        }
    )


def parse_clock(text: str) -> datetime.time:
    """Return the time in a cell: 9h00, 9 h, 09:00, 9:00 pm, 0.375; raise ValidationError."""
    text = digits(text)
    if re.fullmatch(r"0?\.\d+", text):
        minutes = round(float(text) * 24 * 60)
        return datetime.time(minutes // 60 % 24, minutes % 60)
    if found := ISO_DAY.match(text):  # a date with a time
        text = text[found.end() :].lstrip(" T")
    found = CLOCK_12.fullmatch(text) or CLOCK.fullmatch(text)
    if found:
        hour, minute = int(found[1]), int(found[2] or 0)
        half = (found[3] or "").lower()[:1]
        if half in ("p", "م") and hour < 12:
            hour += 12
        elif half in ("a", "ص") and hour == 12:
            hour = 0
        if hour < 24 and minute < 60:
            return datetime.time(hour, minute)
    raise invalid(_("This is not a time. Write it like 9h00 or 09:00."))


def parse_times(text: str) -> tuple[datetime.time, datetime.time]:
    """Return the start and the end in a cell such as “9h00 – 10h30”; raise ValidationError."""
    parts = [part for part in BEFORE_END.split(digits(text)) if part]
    if len(parts) != 2:
        raise invalid(_("Write a start and an end, such as 9h00 – 10h30."))
    return parse_clock(parts[0]), parse_clock(parts[1])


def parse_minutes(text: str) -> int:
    """Return the minutes of a length: 20, 20 min, 0:20, 1h30, 1.5 h; raise ValidationError."""
    text = digits(text).lower()
    if found := re.fullmatch(r"(\d{1,3})\s*(?:min(?:utes?)?|mn|['’′])?", text):
        return int(found[1])
    if found := re.fullmatch(
        r"(\d{1,2})\s*(?:[:h]|heures?)\s*(\d{2})?(?::\d{2})?\s*(?:min|mn)?", text
    ):
        return int(found[1]) * 60 + int(found[2] or 0)
    raise invalid(_("This is not a length. Write the minutes, or 1h30."))


def parse_list(text: str) -> list[str]:
    """Return the values of a cell, which semicolons or line ends separate."""
    return [item for part in re.split(r"[;؛\n\t|]", text) if (item := plain(part))]


# People


class PersonText(NamedTuple):
    """Person in a list: the name, what stands in brackets after it, the address in [ ]."""

    name: str
    notes: list[str]
    code: str


def parse_people(text: str) -> list[PersonText]:
    """Return the people of a cell, which semicolons, line ends or “et” separate.

    Commas separate too, if there is nothing else, and if a name of two words stands on each side.
    """
    items = parse_list(text)
    if len(items) == 1:
        parts = [plain(part) for part in BETWEEN.split(outside_brackets(items[0]))]
        if len(parts) > 1 and all(len(strip_title(part).split()) > 1 for part in parts):
            items = [restored(part) for part in parts]
    return [person_text(item) for item in items]


BETWEEN = re.compile(r"\s*[,،/&]\s*|\s+(?:et|and)\s+|\s+و\s+")
HIDE = str.maketrans(",،/ &", "\ue000\ue001\ue002\ue003\ue004")
SHOW = str.maketrans("\ue000\ue001\ue002\ue003\ue004", ",،/ &")


def outside_brackets(text: str) -> str:
    """Return the text with the separators inside brackets hidden from a split."""
    return re.sub(r"\([^)]*\)", lambda found: found[0].translate(HIDE), text)


def restored(text: str) -> str:
    return text.translate(SHOW)


def person_text(text: str) -> PersonText:
    notes: list[str] = []
    code = ""
    while found := re.fullmatch(r"(.*?)\s*(?:\(([^()]*)\)|\[([^\[\]]*)\])", text):
        text = found[1]
        if found[3] is not None:
            code = found[3].strip()
        else:
            notes.insert(0, plain(found[2]))
    return PersonText(strip_title(text), notes, code)


def strip_title(text: str) -> str:
    return TITLES.sub("", plain(text)).strip(" ,")


def split_name(text: str) -> tuple[str, str]:
    """Return the given name and the family name in “Salma BOUSSOLE”, “Boussole, Salma”, …

    Capitals show the family name. Otherwise it is the last word, with the particles before it.
    """
    text = strip_title(text)
    if "," in text or "،" in text:
        family, given = (plain(part) for part in re.split("[,،]", text, maxsplit=1))
        return given, tidy_case(family)
    words = text.split()
    capitals = [word for word in words if len(word) > 1 and word.isupper() and word[0].isalpha()]
    if capitals and len(capitals) < len(words):
        rest = [word for word in words if word not in capitals]
        first, last = words.index(capitals[0]), words.index(capitals[-1])
        if rest == words[:first] + words[last + 1 :]:
            return " ".join(rest), tidy_case(" ".join(capitals))
    if len(words) < 2:
        return "", text
    split = len(words) - 1
    while split > 1 and words[split - 1].lower().strip("-’'") in PARTICLES:
        split -= 1
    return " ".join(words[:split]), " ".join(words[split:])


def tidy_case(family: str) -> str:
    """Return a family name written in capitals with capital initials: EL FASSI becomes El Fassi."""
    return re.sub(r"\w+", lambda w: w[0].capitalize(), family) if family.isupper() else family
