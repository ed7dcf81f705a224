"""`deploy/install` on a Debian machine of its own: from nothing to the first page by HTTPS."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.deploy.install.installations import DOMAIN, SOURCE, Installation, documented, installed

LANGUAGES = {"fr": "ltr", "en": "ltr", "ar": "rtl"}
UNITS = ["symposium@current.service", "symposium-worker.service"]


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    with installed(tmp_path_factory.mktemp("machine")) as installation:
        yield installation


def modes(portal: Installation, *paths: str) -> list[str]:
    printed = portal.machine.run("stat", "--format=%U %a", *paths).stdout
    return printed.splitlines()


def test_one_command_leads_to_the_first_page(portal):
    assert (portal.status("/fr/"), portal.status("/ar/")) == (200, 200)
    assert portal.cpu_seconds < 300


def test_setup_link_opens_the_first_account(portal):
    [link] = re.findall(
        rf"^https://{DOMAIN}(/fr/accounts/setup/\S+)$", portal.printed, re.MULTILINE
    )
    assert portal.status(link) == 200


def test_doctor_asks_for_what_only_the_operator_has(portal):
    asked = re.findall("^TO DO  ([^:]+):", portal.printed, re.MULTILINE)
    assert asked == ["mail", "certificate"]


def test_installing_again_changes_nothing(portal):
    question = (
        "cat /srv/symposium/.env; ls /srv/symposium/releases;"
        f"systemctl show -P MainPID {' '.join(UNITS)}; sha256sum /etc/symposium/tls/*.pem"
    )
    before = portal.machine.shell(question)
    portal.machine.run(f"{SOURCE}/deploy/install", DOMAIN)
    assert portal.machine.shell(question) == before


def test_secrets_and_backups_are_private(portal):
    [backup] = portal.machine.shell("echo /srv/symposium/backups/*.tar").split()
    private = ["/srv/symposium/.env", "/srv/symposium/backups", backup]
    assert modes(portal, *private) == ["symposium 600", "symposium 700", "symposium 600"]
    assert modes(portal, "/etc/symposium/tls/own-key.pem") == ["root 600"]


def test_code_belongs_to_root(portal):
    found = portal.machine.shell(
        "find /srv/symposium/current/ -path '*/current/var' -prune -o"
        " ! -type l \\( ! -user root -o -perm /022 \\) -print"
    )
    assert found == ""


@pytest.mark.parametrize("unit", UNITS)
def test_unit_is_hardened(portal, unit):
    printed = portal.machine.run("systemd-analyze", "security", "--no-pager", unit).stdout
    score = float(re.search(r"exposure level for .*: ([\d.]+)", printed)[1])
    assert score <= 3.0


def test_nothing_failed_and_nginx_has_no_warning(portal):
    assert portal.machine.run("systemctl", "--failed", "--quiet").stdout == ""
    tested = portal.machine.run("nginx", "-t")
    assert "warn" not in tested.stderr


@pytest.mark.parametrize("language", LANGUAGES)
def test_too_long_a_form_has_a_page(portal, language):
    portal.machine.shell("head --bytes=2000000 /dev/zero >/tmp/long")
    page = portal.curl(f"/{language}/accounts/login/", "--data-binary", "@/tmp/long")
    assert f'<html lang="{language}" dir="{LANGUAGES[language]}">' in page
    assert portal.status(f"/{language}/accounts/login/", "--data-binary", "@/tmp/long") == 413


def test_flood_of_sign_in_forms_is_limited_before_the_portal(portal):
    def send(_number: int) -> int:
        return portal.status("/fr/accounts/login/", "--data", "email=nora@example.org")

    with ThreadPoolExecutor(16) as pool:
        answered = set(pool.map(send, range(160)))
    assert answered == {403, 429}  # without the token of a form, the portal refuses
    assert portal.status("/fr/") == 200


PUBLISHED = """
import datetime
from symposium.editions.models import Edition
day = datetime.date(2021, 6, 9)
Edition.objects.create(slug="2021", name_fr="Colloque", short_name_fr="Colloque",
                       city_fr="Casablanca", starts_on=day, ends_on=day, is_published=True)
"""


def test_page_outlives_the_portal(portal):
    """While nothing answers, nginx shows stored pages, and for others a page in their language."""
    portal.machine.run("symposium", "shell", "-c", PUBLISHED)
    names = "symposium.socket symposium@current.service"
    assert portal.status("/en/2021/") == 200
    portal.machine.shell(f"systemctl stop {names}")
    try:
        stored = portal.status("/en/2021/")
        other = portal.curl("/ar/accounts/login/")
        answered = portal.status("/ar/accounts/login/")
    finally:
        portal.machine.shell(f"systemctl start {names}")
    assert (stored, answered) == (200, 502)
    assert '<html lang="ar" dir="rtl">' in other
    assert portal.status("/_pages/page.css") == 200


def test_reload_reads_new_settings(portal):
    before = portal.curl("/sw.js")
    portal.machine.shell(
        "echo OFFLINE=0 >>/srv/symposium/.env; systemctl reload symposium@current;"
        "while systemctl is-active --quiet symposium-switch; do sleep 0.1; done"
    )
    assert portal.curl("/sw.js") != before


def test_addresses_that_give_access_are_not_logged(portal):
    portal.status("/fr/verify/a-secret-token/")
    portal.status("/fr/")
    log = portal.machine.shell("cat /var/log/nginx/symposium.log")
    assert ("GET /fr/ " in log, "a-secret-token" in log) == (True, False)


def test_another_certificate_takes_its_place(portal):
    portal.machine.shell(
        f"openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN={DOMAIN} -addext"
        f" subjectAltName=DNS:{DOMAIN} -keyout /root/key.pem -out /root/fullchain.pem"
    )
    portal.machine.shell(documented("fullchain.pem", **{"/path/to": "/root"}))
    portal.machine.shell("systemctl restart nginx")  # a reload ends after its command
    trusted = ["--cacert", "/root/fullchain.pem", "--resolve", f"{DOMAIN}:443:127.0.0.1"]
    portal.machine.run("curl", "--silent", "--fail", *trusted, f"https://{DOMAIN}/healthz")


def test_backup_is_restored_as_documented(portal):
    """The archive holds the account that was made before it, and not the one made after."""
    make = "from symposium.accounts.models import User; User.objects.create(email='{}@example.org')"
    portal.machine.run("symposium", "shell", "-c", make.format("before"))
    archive = portal.machine.run("symposium", "backup").stdout.split()[0]
    portal.machine.shell(documented("symposium verify", ARCHIVE=archive))
    portal.machine.run("symposium", "shell", "-c", make.format("after"))
    portal.machine.shell(documented("symposium restore", ARCHIVE=archive))
    printed = portal.machine.run(
        "runuser", "-u", "postgres", "--", "psql", "-tA", "restored", "-c",
        "SELECT email FROM symposium_accounts_user",
    )  # fmt: skip
    assert printed.stdout.split() == ["before@example.org"]
    assert portal.status("/fr/") == 200
