import datetime
import stat

import pytest
from django.core.management import CommandError, call_command

from symposium.abstracts.models import Keyword
from symposium.accounts.models import User
from symposium.demo import loader, organiser, scale
from symposium.editions.models import Edition
from symposium.sessions.models import Participation
from tests.factories import make_edition, make_keyword, make_user, refreshed

pytestmark = pytest.mark.django_db

MONDAY = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def password(settings, tmp_path):
    """Path of the password file, in a folder of this test."""
    settings.VAR = tmp_path / "var"
    return settings.VAR / "demo-password"


def test_upcoming_edition_never_replaces_a_real_one():
    real = make_edition("2026", is_current=True)
    with pytest.raises(loader.SlugTaken):
        loader.load_upcoming(MONDAY)
    assert list(Edition.objects.all()) == [real]
    assert refreshed(real).is_current is True


def test_demo_keyword_is_found_by_its_new_slug():
    keyword = make_keyword(slug="resilience", name_fr="résilience")
    keyword.slug = "resiliences"
    keyword.save()
    keywords = loader.find_or_make_keywords()
    assert keywords["resilience"] == keyword
    assert Keyword.objects.count() == 18


# The organiser's account


def test_demo_password_file_is_readable_by_its_owner_only(password):
    organiser.ensure()
    written = password.read_text()
    assert stat.S_IMODE(password.stat().st_mode) == 0o600
    assert len(written.strip()) == 16
    organiser.ensure()
    assert password.read_text() == written
    user = User.objects.get()
    assert (user.email, user.is_superuser) == ("organiser@example.org", True)
    assert user.check_password(written.strip())


def test_existing_account_password_is_preserved(password):
    organiser.ensure()
    user = User.objects.get()
    user.set_password("chosen since then")
    user.save()
    organiser.ensure()
    assert refreshed(user).check_password("chosen since then")


def test_account_gets_the_password_of_a_new_file(password):
    user = make_user(organiser.EMAIL, "forgotten", is_staff=True)
    organiser.ensure()
    assert refreshed(user).check_password(password.read_text().strip())


def test_demo_account_is_not_created_outside_a_demonstration(settings, password):
    settings.DEMO = False
    make_edition(loader.FIRST_EDITION)  # there is nothing else to load
    loader.load()
    assert User.objects.count() == 0
    assert not password.exists()


# The scale option


def test_scale_option_creates_its_edition_once():
    scale.load(130)
    scale.load(130)
    edition = Edition.objects.get(slug="scale")
    assert (edition.sessions.count(), edition.speakers.count()) == (130, 195)
    assert (edition.rooms.count(), len(edition.days)) == (20, 5)
    assert edition.abstracts.published().filter(keywords__slug="resilience").count() > 0
    assert Participation.objects.filter(period=None).count() == 0


@pytest.mark.parametrize("number", ["0", "-5", "10001"])
def test_scale_option_refuses_values_out_of_range(number):
    with pytest.raises(CommandError, match="from 1 to 10000"):
        call_command("load_demo", f"--scale={number}")
    assert Edition.objects.count() == 0
