"""Tickets in wallets: packages and tokens that OpenSSL verifies, for their holders alone."""

import base64
import datetime
import hashlib
import io
import json
import re
import shutil
import subprocess
import zipfile

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID
from PIL import Image

from symposium.registrations import places
from symposium.registrations.models import Registration
from tests.factories import make_category, make_registration, make_session, make_user, open_edition
from tests.helpers.page_html import hrefs, main

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not shutil.which("openssl"), reason="the command openssl verifies"),
]
VALID_FROM = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
VALID_TO = datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC)
ISSUER = "3388000000012345678"
ACCOUNT = "portal@symposium.example"
MAX_TOKEN_CHARS = 1800  # Google's advice for a link
WALLETS = ["ticket.pkpass", "google-wallet/"]


def name(**attributes: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(getattr(NameOID, key), text) for key, text in attributes.items()]
    )


def certificate(subject: x509.Name, key, issuer: x509.Name, signer, *, is_issuer: bool):
    constraints = x509.BasicConstraints(ca=is_issuer, path_length=None)
    builder = x509.CertificateBuilder(
        issuer, subject, key.public_key(), x509.random_serial_number(), VALID_FROM, VALID_TO
    )
    return builder.add_extension(constraints, critical=True).sign(signer, SHA256())


def pem(key) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture(scope="module")
def keys():
    return [rsa.generate_private_key(65537, 2048) for _each in range(2)]


@pytest.fixture
def folder(keys, settings, tmp_path):
    """Write the files of both wallets and set them; return their folder."""
    root, own = keys
    issuer = name(COMMON_NAME="Test authority")
    subject = name(
        USER_ID="pass.example.symposium", COMMON_NAME="Pass Type ID: pass.example.symposium",
        ORGANIZATIONAL_UNIT_NAME="TEAM123456",
    )  # fmt: skip
    authority = certificate(issuer, root, issuer, root, is_issuer=True)
    signer = certificate(subject, own, issuer, root, is_issuer=False)
    chain = [one.public_bytes(Encoding.PEM) for one in (signer, authority)]
    account = {"client_email": ACCOUNT, "private_key": pem(own).decode()}
    public = own.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for file, content in {
        "wallet.key": pem(own),
        "wallet.pem": b"".join(chain),
        "authority.pem": chain[1],
        "account.json": json.dumps(account).encode(),
        "public.pem": public,
    }.items():
        (tmp_path / file).write_bytes(content)
    settings.APPLE_WALLET_KEY = str(tmp_path / "wallet.key")
    settings.APPLE_WALLET_CERTIFICATES = str(tmp_path / "wallet.pem")
    settings.GOOGLE_WALLET_ISSUER = ISSUER
    settings.GOOGLE_WALLET_KEY = str(tmp_path / "account.json")
    return tmp_path


@pytest.fixture
def mine(client):
    edition = open_edition(
        "2030", starts_on=datetime.date(2030, 6, 4), name_ar="ندوة 2030", venue_fr="Maison",
        venue_ar="الدار", address_fr="12, rue « des \"Arcades\" »", time_zone="Africa/Casablanca",
    )  # fmt: skip
    make_session(edition, at="09:00")
    mine = make_registration(
        make_category(edition, name_fr="Sur place", name_ar="حضوريًا"),
        given_name="Salma", family_name="Médina", given_name_ar="سلمى", family_name_ar="المدينة",
    )  # fmt: skip
    client.force_login(mine.user)
    return mine


def openssl(*arguments, folder) -> subprocess.CompletedProcess:
    return subprocess.run(
        ["openssl", *arguments], cwd=folder, capture_output=True, timeout=60, check=False
    )


# Apple


@pytest.fixture
def files(client, mine, folder) -> dict[str, bytes]:
    """Return the files of the pass of `mine`, by name."""
    answer = client.get(f"/fr/my/{mine.code}/ticket.pkpass")
    assert answer["Content-Type"] == "application/vnd.apple.pkpass"
    assert answer["Content-Disposition"] == 'attachment; filename="ticket-2030.pkpass"'
    assert "no-store" in answer["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {file: archive.read(file) for file in archive.namelist()}


@pytest.mark.parametrize("is_changed", [False, True])
def test_signature_of_a_pass_is_valid_for_its_manifest_alone(files, folder, is_changed):
    manifest = files["manifest.json"].replace(
        b"pass.json", b"Pass.json" if is_changed else b"pass.json"
    )
    (folder / "manifest.json").write_bytes(manifest)
    (folder / "signature").write_bytes(files["signature"])
    result = openssl(
        "smime", "-verify", "-binary", "-inform", "DER", "-in", "signature", "-content",
        "manifest.json", "-CAfile", "authority.pem", "-purpose", "any",
        folder=folder,
    )  # fmt: skip
    assert (result.returncode == 0) is not is_changed, result.stderr
    printed = openssl("asn1parse", "-inform", "DER", "-in", "signature", folder=folder).stdout
    assert b"signingTime" in printed
    assert printed.count(b"Test authority") >= 2  # its certificate is inside


def test_manifest_of_a_pass_lists_its_files(files):
    listed = json.loads(files["manifest.json"])
    assert listed == {
        file: hashlib.sha1(content).hexdigest()  # noqa: S324 (what the format asks for)
        for file, content in files.items()
        if file not in ("manifest.json", "signature")
    }
    sides = {
        file: Image.open(io.BytesIO(files[file])).size for file in files if file.endswith(".png")
    }
    assert sides == {
        "icon.png": (29, 29), "icon@2x.png": (58, 58), "icon@3x.png": (87, 87),
        "logo.png": (50, 50), "logo@2x.png": (100, 100),
    }  # fmt: skip


def test_pass_holds_the_code_and_no_more_than_the_ticket(files, mine):
    data = json.loads(files["pass.json"])
    fields = data.pop("eventTicket")
    colours = [data.pop(f"{part}Color") for part in ("background", "foreground", "label")]
    assert colours == ["rgb(10, 74, 112)", "rgb(255, 255, 255)", "rgb(201, 223, 235)"]
    assert data == {
        "formatVersion": 1,
        "passTypeIdentifier": "pass.example.symposium",
        "teamIdentifier": "TEAM123456",
        "serialNumber": mine.code,
        "organizationName": "Symposium 2030",
        "description": "Billet",
        "relevantDate": f"2030-06-04T09:00:00{offset(mine)}",
        "expirationDate": f"2030-06-06T00:00:00{offset(mine)}",
        "sharingProhibited": True,
        "barcodes": [
            {
                "format": "PKBarcodeFormatQR",
                "message": mine.code,
                "messageEncoding": "iso-8859-1",
                "altText": mine.code_in_groups,
            }
        ],
    }
    shown = [(field["label"], field["value"]) for part in fields.values() for field in part]
    assert shown == [
        ("Billet", "Symposium 2030"),
        ("Nom", "Salma Médina"),
        ("Catégorie", "Sur place"),
        ("Dates", "4 et 5 juin 2030"),
        ("Lieu", "Maison, Casablanca"),
        ("Adresse", '12, rue « des "Arcades" »'),
        ("Mon inscription", f"http://testserver/fr/my/{mine.code}/"),
    ]


def offset(registration) -> str:
    at = registration.edition.period.lower.astimezone(registration.edition.zone)
    return f"{at:%z}"[:3] + ":" + f"{at:%z}"[3:]


def strings(content: bytes) -> dict[str, str]:
    """Return the texts of a strings file."""
    found = re.findall(
        r'^"((?:[^"\\]|\\.)*)" = "((?:[^"\\]|\\.)*)";$', content.decode("utf-16"), re.M
    )
    return dict([re.sub(r"\\(.)", r"\1", part) for part in pair] for pair in found)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("fr", ["Billet", "Symposium 2030", "Salma Médina", "Sur place", "Maison, Casablanca"]),
        ("en", ["Ticket", "Symposium 2030", "Salma Médina", "Sur place", "Maison, Casablanca"]),
        ("ar", ["تذكرة", "ندوة 2030", "سلمى المدينة", "حضوريًا", "الدار، Casablanca"]),
    ],
)
def test_pass_is_in_three_languages(files, mine, language, expected):
    texts = strings(files[f"{language}.lproj/pass.strings"])
    data = json.loads(files["pass.json"])["eventTicket"]
    fields = {field["key"]: field for part in data.values() for field in part}
    keys = ["edition", "name", "category", "place"]
    shown = [fields["edition"]["label"], *(fields[key]["value"] for key in keys)]
    assert [texts[text] for text in shown] == expected
    assert texts[fields["address"]["value"]] == '12, rue « des "Arcades" »'
    assert texts[fields["page"]["value"]] == f"http://testserver/{language}/my/{mine.code}/"
    used = {field[part] for field in fields.values() for part in ("label", "value")}
    assert used == set(texts)


# Google


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def google_token(client, mine, language: str = "fr") -> str:
    answer = client.get(f"/{language}/my/{mine.code}/google-wallet/")
    assert answer.status_code == 302
    start, _slash, token = answer["Location"].rpartition("/")
    assert start == "https://pay.google.com/gp/v/save"
    return token


def test_google_link_is_signed_by_the_service_account(client, mine, folder):
    token = google_token(client, mine)
    assert len(token) <= MAX_TOKEN_CHARS
    signed, _dot, signature = token.rpartition(".")
    (folder / "signature").write_bytes(decoded(signature))
    for content, status in ((signed, 0), (f"{signed}x", 1)):
        (folder / "signed").write_text(content)
        result = openssl(
            "dgst", "-sha256", "-verify", "public.pem", "-signature", "signature", "signed",
            folder=folder,
        )  # fmt: skip
        assert result.returncode == status
    assert json.loads(decoded(token.split(".")[0])) == {"alg": "RS256", "typ": "JWT"}


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("fr", ["Symposium 2030", "Salma Médina", "Sur place", "Maison, Casablanca"]),
        ("ar", ["ندوة 2030", "سلمى المدينة", "حضوريًا", "الدار، Casablanca"]),
    ],
)
def test_google_link_holds_the_ticket(client, mine, folder, language, texts):
    event, person, category, place = texts
    claims = json.loads(decoded(google_token(client, mine, language).split(".")[1]))
    assert claims.pop("iat") > 0

    def localized(text: str) -> dict:
        return {"defaultValue": {"language": language, "value": text}}

    [event_class], [ticket] = claims["payload"].values()
    class_id, ticket_id = event_class["id"], ticket["id"]
    assert class_id.startswith(f"{ISSUER}.2030-{language}-")
    assert ticket_id.startswith(f"{ISSUER}.{mine.code}-{language}-")
    assert claims == {
        "iss": ACCOUNT,
        "aud": "google",
        "typ": "savetowallet",
        "origins": ["http://testserver"],
        "payload": {
            "eventTicketClasses": [
                {
                    "id": class_id,
                    "issuerName": event,
                    "eventName": localized(event),
                    "reviewStatus": "UNDER_REVIEW",
                    "hexBackgroundColor": "#0a4a70",
                    "dateTime": {
                        "start": f"2030-06-04T09:00:00{offset(mine)}",
                        "end": f"2030-06-06T00:00:00{offset(mine)}",
                    },
                    "venue": {
                        "name": localized(place),
                        "address": localized('12, rue « des "Arcades" »'),
                    },
                }
            ],
            "eventTicketObjects": [
                {
                    "id": ticket_id,
                    "classId": class_id,
                    "state": "ACTIVE",
                    "ticketHolderName": person,
                    "ticketNumber": mine.code_in_groups,
                    "ticketType": localized(category),
                    "barcode": {
                        "type": "QR_CODE",
                        "value": mine.code,
                        "alternateText": mine.code_in_groups,
                    },
                }
            ],
        },
    }


def test_changed_event_has_another_id_since_google_keeps_the_first(client, mine, folder):
    def ids() -> list[str]:
        payload = json.loads(decoded(google_token(client, mine).split(".")[1]))["payload"]
        return [content["id"] for [content] in payload.values()]

    before = ids()
    assert ids() == before
    mine.edition.venue_fr = "Ailleurs"
    mine.edition.save()
    assert [changed != old for changed, old in zip(ids(), before, strict=True)] == [True, True]


# Who may


@pytest.mark.parametrize("path", WALLETS)
def test_pass_is_for_its_holder_alone(client, mine, folder, path):
    page = f"/fr/my/{mine.code}/{path}"
    client.force_login(make_user(is_staff=True, is_superuser=True))
    assert client.get(page).status_code == 404
    client.logout()
    assert client.get(page)["Location"] == f"/fr/accounts/login/?next={page}"
    assert client.post(page).status_code == 405


@pytest.mark.parametrize("path", WALLETS)
@pytest.mark.parametrize("reason", ["cancelled", "waiting", "online"])
def test_registration_without_a_ticket_has_no_pass(client, mine, folder, path, reason):
    if reason == "cancelled":
        places.cancel(mine)
    elif reason == "waiting":
        Registration.objects.update(state="waiting", queue_number=1)
    else:
        mine.category.on_site, mine.category.online_access = False, True
        mine.category.save()
    assert client.get(f"/fr/my/{mine.code}/{path}").status_code == 404


@pytest.mark.parametrize("path", WALLETS)
def test_wallet_without_keys_is_not_offered(client, mine, path):
    assert client.get(f"/fr/my/{mine.code}/{path}").status_code == 404
    page = client.get(f"/fr/my/{mine.code}/")
    assert "Wallet" not in main(page).text_content()


def test_ticket_links_to_both_wallets(client, mine, folder):
    page = main(client.get(f"/fr/my/{mine.code}/"))
    links = [link for link in hrefs(page, ".//a") if link.endswith(tuple(WALLETS))]
    assert links == [f"/fr/my/{mine.code}/{path}" for path in WALLETS]
    assert "Google reçoit votre nom" in page.text_content()
