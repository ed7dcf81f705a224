import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from symposium.accounts.addresses import PLAIN_ADDRESS_MESSAGE
from symposium.accounts.models import User
from tests.factories import make_user
from tests.helpers.database_errors import faults, refused_by

pytestmark = pytest.mark.django_db


def test_account_email_is_stored_in_lower_case():
    assert make_user(" Salma@Example.ORG ").email == "salma@example.org"
    with refused_by("accounts_email_in_lower_case"):
        User.objects.update(email="Salma@example.org")
    with refused_by("accounts_email_in_lower_case"):
        User.objects.bulk_create([User(email="NORA@example.org")])


def test_account_email_is_normalised_before_validation():
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


def test_account_is_found_case_insensitively():
    user = make_user("salma@example.org")
    assert User.objects.get_by_natural_key("Salma@EXAMPLE.org") == user


def test_account_is_not_found_by_lookalike_letters():
    user = make_user("organiser@example.org")
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key("organ\u0131ser@example.org")
    assert User.objects.get_by_natural_key("Organiser@Example.org") == user


@pytest.mark.parametrize("email", ["organ\u0131ser@example.org", "a\u017f@b.org", "a\u0661@b.org"])
def test_account_email_local_part_must_be_ascii(email):
    with refused_by("accounts_email_is_plain"):
        make_user(email)
    with override("en"):
        assert faults(User(email=email, password="!"))["email"][-1:] == [str(PLAIN_ADDRESS_MESSAGE)]
    with override("en"), pytest.raises(CommandError, match="unaccented Latin letters"):
        call_command("createsuperuser", email=email, interactive=False)


def test_account_email_domain_may_be_international():
    assert faults(User(email="a@exämple.org", password="!")) == {}
    make_user("a@exämple.org")


def test_account_without_an_email_is_refused():
    with pytest.raises(ValueError, match="needs an e-mail"):
        User.objects.create_user("")


def test_account_without_a_password_cannot_use_one():
    assert make_user().has_usable_password() is False


def test_account_is_not_staff_by_default():
    user, chief = make_user(), User.objects.create_superuser("chief@example.org", "secret")
    assert (user.is_staff, user.is_superuser) == (False, False)
    assert (chief.is_staff, chief.is_superuser, chief.check_password("secret")) == (True,) * 3


def test_account_str_is_its_name_or_email():
    assert [str(make_user("a@example.org")), str(make_user(name="Salma"))] == [
        "a@example.org",
        "Salma",
    ]
