import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from symposium.accounts.addresses import PLAIN
from symposium.accounts.models import User
from tests.factories import make_user
from tests.helpers.database_errors import faults, refused_by

pytestmark = pytest.mark.django_db


def test_account_keeps_its_email_in_lower_case():
    assert make_user(" Salma@Example.ORG ").email == "salma@example.org"
    with refused_by("accounts_email_in_lower_case"):
        User.objects.update(email="Salma@example.org")
    with refused_by("accounts_email_in_lower_case"):
        User.objects.bulk_create([User(email="NORA@example.org")])


def test_account_is_cleaned_before_it_is_judged():
    user = User(email="Salma@Example.org", password="!")
    assert faults(user) == {}
    assert user.email == "salma@example.org"


def test_account_email_is_unique_whatever_its_case():
    make_user("salma@example.org")
    with refused_by("symposium_accounts_user_email_key"):
        make_user("SALMA@example.org")
    assert faults(User(email="SALMA@example.org", password="!")) == {
        "email": ["There is already an account with this email address."]
    }


def test_account_is_found_whatever_the_case():
    user = make_user("salma@example.org")
    assert User.objects.get_by_natural_key("Salma@EXAMPLE.org") == user


def test_account_is_found_by_its_very_address():
    user = make_user("organiser@example.org")
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key("organ\u0131ser@example.org")
    assert User.objects.get_by_natural_key("Organiser@Example.org") == user


@pytest.mark.parametrize("email", ["organ\u0131ser@example.org", "a\u017f@b.org", "a\u0661@b.org"])
def test_account_has_only_plain_letters_before_the_at(email):
    with refused_by("accounts_email_is_plain"):
        make_user(email)
    with override("en"):
        assert faults(User(email=email, password="!"))["email"][-1:] == [str(PLAIN)]
    with override("en"), pytest.raises(CommandError, match="unaccented Latin letters"):
        call_command("createsuperuser", email=email, interactive=False)


def test_account_may_have_any_letters_after_the_at():
    assert faults(User(email="a@exämple.org", password="!")) == {}
    make_user("a@exämple.org")


def test_account_without_an_email_is_refused():
    with pytest.raises(ValueError, match="needs an e-mail"):
        User.objects.create_user("")


def test_account_without_a_password_cannot_use_one():
    assert make_user().has_usable_password() is False


def test_account_is_ordinary_unless_made_otherwise():
    user, chief = make_user(), User.objects.create_superuser("chief@example.org", "secret")
    assert (user.is_staff, user.is_superuser) == (False, False)
    assert (chief.is_staff, chief.is_superuser, chief.check_password("secret")) == (True,) * 3


def test_account_is_called_by_its_name_else_its_email():
    assert [str(make_user("a@example.org")), str(make_user(name="Salma"))] == [
        "a@example.org",
        "Salma",
    ]
