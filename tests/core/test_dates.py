from datetime import date

import pytest
from django.utils import translation

from symposium.core.i18n.dates import long_date, short_weekday, span, weekday


@pytest.mark.parametrize(
    ("language", "first", "last", "words"),
    [
        ("fr", date(2021, 6, 9), date(2021, 6, 9), "9 juin 2021"),
        ("fr", date(2021, 6, 9), date(2021, 6, 10), "9 et 10 juin 2021"),
        ("fr", date(2021, 6, 1), date(2021, 6, 2), "1er et 2 juin 2021"),
        ("fr", date(2021, 6, 9), date(2021, 6, 11), "du 9 au 11 juin 2021"),
        ("fr", date(2021, 6, 30), date(2021, 7, 1), "30 juin et 1er juillet 2021"),
        ("fr", date(2021, 6, 29), date(2021, 7, 2), "du 29 juin au 2 juillet 2021"),
        ("fr", date(2021, 12, 30), date(2022, 1, 2), "du 30 décembre 2021 au 2 janvier 2022"),
        ("en", date(2021, 6, 9), date(2021, 6, 10), "9 and 10 June 2021"),
        ("en", date(2021, 6, 1), date(2021, 6, 3), "1 to 3 June 2021"),
        ("en", date(2021, 12, 31), date(2022, 1, 1), "31 December 2021 and 1 January 2022"),
        ("ar", date(2021, 6, 9), date(2021, 6, 10), "9 و10 يونيو 2021"),
        ("ar", date(2021, 6, 9), date(2021, 6, 11), "من 9 إلى 11 يونيو 2021"),
    ],
)
def test_span(language, first, last, words):
    with translation.override(language):
        assert span(first, last) == words


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "1er juillet 2021"), ("en", "1 July 2021"), ("ar", "1 يوليوز 2021")],
)
def test_long_date(language, words):
    with translation.override(language):
        assert long_date(date(2021, 7, 1)) == words


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "mercredi 9 juin"), ("en", "Wednesday 9 June"), ("ar", "الأربعاء 9 يونيو")],
)
def test_weekday(language, words):
    with translation.override(language):
        assert weekday(date(2021, 6, 9)) == words


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", ["mer. 9", "mar. 1er"]), ("en", ["Wed 9", "Tue 1"]), ("ar", ["أربعاء 9", "ثلاثاء 1"])],
)
def test_short_weekday(language, words):
    with translation.override(language):
        assert [short_weekday(date(2021, 6, day)) for day in (9, 1)] == words
