"""The script that checks the portal's terms finds a fault of each kind, and none in the texts."""

import pytest

from scripts import terms

PLANTED = [
    ("en", "Your e-mail address", "e-mail"),
    ("en", "Send the mails again", "mails"),
    ("en", "Somebody else has changed it.", "Somebody"),
    ("en", "A file, 50 MB at the most.", "at the most"),
    ("en", "The partner’s web site", "web site"),
    ("en", "Open the desk.", "the desk"),
    ("en", "Show the QR code at the door.", "at the door"),
    ("en", "The organizing committee", "organizing"),
    ("en", "2 draft(s)", "t(s)"),
    ("fr", "Filtrer par piste", "piste"),
    ("fr", "Votre certificat de participation", "certificat"),
    ("fr", "Un courriel vous attend.", "courriel"),
    ("fr", "Un mail vous attend.", "mail"),
    ("fr", "Les orateurs", "orateurs"),
    ("fr", "Bureau des organisateurs", "Bureau des organisateurs"),
    ("fr", "Vous pouvez rendre votre place.", "rendre votre place"),
    ("fr", "2 annulée(s)", "e(s)"),
    ("fr", "Vous êtes inscrit·e.", "t·e"),
    ("fr", "L'inscription", "L'i"),
    ("ar", "مكتب المنظمين", "مكتب المنظمين"),
    ("ar", "شهادة حضوركم", "شهادة حضور"),
    ("ar", "المرجو الإدلاء به عند الباب.", "عند الباب"),
    ("ar", "إمكانية الولوج", "إمكانية الولوج"),
    ("ar", "رمز استجابة سريعة", "رمز استجابة"),
    ("ar", "عنوان للتمثيل فقط", "للتمثيل"),
    ("ar", "هذه الجلسة محجوزة من قبل.", "من قبل."),
]


@pytest.mark.parametrize(("language", "text", "word"), PLANTED)
def test_forbidden_term_is_found(language, text, word):
    assert [found for found, _better in terms.faults_of(text, language)] == [word]


def test_every_rule_has_a_test_fault():
    planted = sum(len(terms.faults_of(text, language)) for language, text, _word in PLANTED)
    # One rule finds two words: « courriel » and « mail ».
    assert planted == sum(map(len, terms.RULES.values())) + 1


@pytest.mark.parametrize(
    "text", ["Durée : 1 h", "Supprimer ?", "« Axe »", "Axe\u00a0;", "«\u00a0Axe\u202f»"]
)
def test_french_catalogue_spaces_must_be_no_break(text):
    assert len(terms.faults_of(text, "fr", is_catalogue=True)) == 1
    assert terms.faults_of("«\u202fAxe\u202f»\u00a0: l’eau\u202f?", "fr", is_catalogue=True) == []


def test_fault_names_its_location():
    planted = ("locale/fr/LC_MESSAGES/django.po", "fr", "Toutes les pistes")
    assert terms.faults([planted]) == [
        "locale/fr/LC_MESSAGES/django.po: “pistes” in “Toutes les pistes”: axe"
    ]


def test_all_texts_use_the_terms():
    assert terms.faults(terms.texts()) == []


def test_texts_of_all_kinds_are_read():
    read = {where.split("/")[0] for where, _language, _text in terms.texts()}
    assert read == {"docs", "locale", "symposium", "templates"}
    assert {language for _where, language, _text in terms.texts()} == {"fr", "en", "ar"}
