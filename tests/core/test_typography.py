import pytest

from symposium.core.i18n.typography import direction, french, typeset

NARROW, WIDE = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("text", "set_text"),
    [
        ("Vraiment ?", f"Vraiment{NARROW}?"),
        ("Oui ! Non ; si", f"Oui{NARROW}! Non{NARROW}; si"),
        ("Le lieu : Casablanca", f"Le lieu{WIDE}: Casablanca"),
        ("« Smart City »", f"«{NARROW}Smart City{NARROW}»"),
        (f"Déjà{NARROW}? Et{WIDE}: oui", f"Déjà{NARROW}? Et{WIDE}: oui"),
        ("de 9:00 à 10:30", "de 9:00 à 10:30"),
        ("https://example.org/?q=a;b!", "https://example.org/?q=a;b!"),
        ("", ""),
    ],
)
def test_french_has_no_break_spaces(text, set_text):
    assert french(text) == set_text


@pytest.mark.parametrize(
    "text", ["Vraiment ?", "« Smart City » : oui ; non !", f"Déjà{NARROW}?", "a  b"]
)
def test_french_changes_nothing_but_spaces(text):
    without = str.maketrans("", "", f" {NARROW}{WIDE}")
    assert french(text).translate(without) == text.translate(without)
    assert len(french(text)) == len(text)


@pytest.mark.parametrize("text", ["« Oui » : vraiment ?", "Le lieu : Casablanca ! Et « toi » ?"])
def test_french_set_twice_is_set_once(text):
    assert french(french(text)) == french(text)


def test_typeset_escapes():
    assert typeset("<b>R&D</b> l'eau", "fr") == "&lt;b&gt;R&amp;D&lt;/b&gt; l&#x27;eau"


def test_typeset_takes_no_entity_for_punctuation():
    assert typeset("R & D ; l 'eau", "fr") == f"R &amp; D{NARROW}; l &#x27;eau"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_typeset_adds_no_french_space_elsewhere(language):
    assert typeset("Really ? Place : there", language) == "Really ? Place : there"


def test_typeset_keeps_names_together():
    assert typeset("La COVID-19, vite", "fr") == 'La <span class="nowrap">COVID-19</span>, vite'
    assert typeset("mi-2021, ABC-x, Rendez-vous", "fr") == "mi-2021, ABC-x, Rendez-vous"


@pytest.mark.parametrize(("language", "expected"), [("fr", "ltr"), ("en", "ltr"), ("ar", "rtl")])
def test_direction(language, expected):
    assert direction(language) == expected
