"""The demonstration's organiser account; its password is stored in var/ on this machine."""

import os
from pathlib import Path

from django.conf import settings

from symposium.accounts.models import User
from symposium.editions.slugs import random_code

EMAIL = "organiser@example.org"


def ensure() -> None:
    """Make the account if it is missing; if the password file is new, set its password."""
    path = settings.VAR / "demo-password"
    is_new = not path.exists()
    if is_new:
        write_password(path, random_code(16))
    password = path.read_text().strip()
    user = User.objects.filter(email=EMAIL).first()
    if user is None:
        User.objects.create_superuser(EMAIL, password)
    elif is_new:
        user.set_password(password)
        user.save()


def write_password(path: Path, password: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{password}\n")
