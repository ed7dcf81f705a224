"""Time and memory of a large import: 300 sessions, 400 speakers, 300 abstracts: `make bench`."""

import resource
import time

import pytest

from symposium.spreadsheets import imports
from tests.factories import make_edition, make_organiser
from tests.helpers.spreadsheets import faults, workbook

pytestmark = pytest.mark.django_db
BIO = "Texte. " * 50
MEGABYTE = 1024  # kilobytes, in which Linux counts


def large():
    speakers = [["Prénom", "Nom", "Affiliation", "Biographie"]]
    speakers += [
        [f"Salma{n}", f"Boussole{n * 7919}", "Université", "Texte. " * 50] for n in range(400)
    ]
    sessions = [["Titre", "Jour", "Début", "Fin", "Salle", "Intervenants", "Description"]]
    for n in range(300):
        slot, room = divmod(n, 15)
        day, at = divmod(slot, 10)
        sessions.append(
            [f"Séance {n}", 9 + day, f"{8 + at}h00", f"{8 + at}h50", f"Salle {room}",
             f"Salma{n} Boussole{n * 7919}", "Texte. " * 50]
        )  # fmt: skip
        sessions[-1][1] = f"{9 + day}/06/2021"
    abstracts = [["Titre", "Auteurs", "Mots clés", "Session", "Résumé"]]
    abstracts += [
        [f"Résumé {n}", f"Salma{n} Boussole{n * 7919}; Nora Rivage{n}", f"mot{n % 50}; mot{n % 30}",
         f"Séance {n}", "Un texte de recherche. " * 80]
        for n in range(300)
    ]  # fmt: skip
    return workbook({"Sessions": sessions, "Intervenants": speakers, "Résumés": abstracts})


def test_large_import(capsys):
    edition, user, file = make_edition("2021"), make_organiser(), large()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    made = imports.start(edition, user, "sessions", file)
    previewed = time.perf_counter()
    assert faults(made) == []
    assert imports.apply(made, user)
    written = time.perf_counter()
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / MEGABYTE
    with capsys.disabled():
        print("\n\n300 sessions, 400 speakers, 300 abstracts:")
        print(f"preview {previewed - started:.1f} s, write {written - previewed:.1f} s")
        print(f"{memory:.0f} MB more")
    assert previewed - started < 10
    assert written - previewed < 15
    assert memory < 300
