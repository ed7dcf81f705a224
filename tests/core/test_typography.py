import pytest

from symposium.core.i18n.typography import direction, french_spaces, typeset

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
def test_french_spaces_are_no_break(text, set_text):
    assert french_spaces(text) == set_text


@pytest.mark.parametrize(
    "text", ["Vraiment ?", "« Smart City » : oui ; non !", f"Déjà{NARROW}?", "a  b"]
)
def test_french_spaces_change_only_spaces(text):
    without = str.maketrans("", "", f" {NARROW}{WIDE}")
    assert french_spaces(text).translate(without) == text.translate(without)
    assert len(french_spaces(text)) == len(text)


@pytest.mark.parametrize("text", ["« Oui » : vraiment ?", "Le lieu : Casablanca ! Et « toi » ?"])
def test_french_spaces_are_idempotent(text):
    assert french_spaces(french_spaces(text)) == french_spaces(text)


def test_typeset_escapes():
    assert typeset("<b>R&D</b> l'eau", "fr") == "&lt;b&gt;R&amp;D&lt;/b&gt; l&#x27;eau"


def test_typeset_does_not_treat_entities_as_punctuation():
    assert typeset("R & D ; l 'eau", "fr") == f"R &amp; D{NARROW}; l &#x27;eau"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_typeset_adds_no_french_space_in_other_languages(language):
    assert typeset("Really ? Place : there", language) == "Really ? Place : there"


def test_typeset_prevents_line_breaks_in_names():
    assert typeset("La COVID-19, vite", "fr") == 'La <span class="nowrap">COVID-19</span>, vite'
    assert typeset("à 14:30–15:00", "fr") == 'à <span class="nowrap">14:30–15:00</span>'
    assert typeset("mi-2021, ABC-x, Rendez-vous", "fr") == "mi-2021, ABC-x, Rendez-vous"


@pytest.mark.parametrize(("language", "expected"), [("fr", "ltr"), ("en", "ltr"), ("ar", "rtl")])
def test_direction(language, expected):
    assert direction(language) == expected
