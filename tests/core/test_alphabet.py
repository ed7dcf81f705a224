import pytest

from symposium.core.i18n.alphabet import index_key, index_letter
from symposium.core.i18n.localized import sort_key


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("Émeri", "E"), ("œuvre", "O"), ("Łuk", "L"), ("Ørsted", "O"), ("Æbelø", "A"),
        ("ßen", "S"), ("’t Hooft", "T"), ("ʿAbd", "A"), ("3M", "M"), ("2021", "#"), ("", "#"),
        (None, "#"), ("أندلسي", "ا"), ("إدريس", "ا"), ("آل", "ا"), ("ٱلرحمن", "ا"), ("ا", "ا"),
        ("الفاسي", "ف"), ("الأندلسي", "ا"), ("ـمد", "م"), ("ؤلؤ", "و"), ("ئيل", "ي"),
        ("ⴰⵎⴰⵣⵉⵖ", "ⴰ"), ("Ɛli", "E"), ("ʕAli", "A"), ("Ŋo", "N"), ("Əli", "E"),
    ],
)  # fmt: skip
def test_index_letter(text, letter):
    assert index_letter(sort_key(text)) == letter


@pytest.mark.parametrize(("language", "order"), [("fr", "AZابي#"), ("ar", "ابيAZ#")])
def test_index_key_puts_the_script_of_the_reader_first(language, order):
    assert sorted("ي#ZبAا", key=lambda letter: index_key(letter, language)) == list(order)
