"""Tickets for Google Wallet: a link with the ticket in a signed JSON Web Token (RFC 7519).

https://developers.google.com/wallet/tickets/events

Google learns the name, the category and the code of the ticket when its holder opens the link, and
not before.
"""

import base64
import datetime
import hashlib
import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.utils import timezone, translation

from symposium.editions import colours
from symposium.registrations.documents import tickets
from symposium.registrations.models import Registration

SAVE = "https://pay.google.com/gp/v/save/"
MAX_ADDRESS_CHARS = 80  # the link holds all of it


def is_available() -> bool:
    """Return whether the operator has an issuer and the key of its service account."""
    return bool(settings.GOOGLE_WALLET_ISSUER and settings.GOOGLE_WALLET_KEY)


def save_link(registration: Registration, language: str) -> str:
    """Return the link that saves the ticket of a registration, in a language."""
    account = json.loads(Path(settings.GOOGLE_WALLET_KEY).read_bytes())
    claims = {
        "iss": account["client_email"],
        "aud": "google",
        "typ": "savetowallet",
        "iat": int(timezone.now().timestamp()),
        "origins": [settings.SITE_URL],
        "payload": payload(registration, language),
    }
    return SAVE + token(claims, account["private_key"])


def token(claims: dict, pem: str) -> str:
    """Return `claims` as a token signed with RS256 (RFC 7518)."""
    head = {"alg": "RS256", "typ": "JWT"}
    signed = b".".join(map(base64_url, [as_json(head), as_json(claims)]))
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("the key of the service account is not RSA")
    signature = key.sign(signed, PKCS1v15(), SHA256())
    return b".".join([signed, base64_url(signature)]).decode()


def as_json(data: dict) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def base64_url(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def payload(registration: Registration, language: str) -> dict:
    """Return the class, the edition in a language, and the object, its ticket."""
    edition = registration.edition
    issuer = settings.GOOGLE_WALLET_ISSUER

    def localized(text: str) -> dict:
        return {"defaultValue": {"language": language, "value": text}}

    with translation.override(language), timezone.override(edition.zone):
        about = tickets.edition_data(edition)
        event = {
            "issuerName": about["name"],
            "eventName": localized(about["name"]),
            "reviewStatus": "UNDER_REVIEW",
            "hexBackgroundColor": edition.main_colour or colours.STANDARD[colours.MAIN],
            "dateTime": {
                "start": instant(tickets.event_start(edition)),
                "end": instant(edition.period.upper),
            },
        }
        if about["address"]:
            address = {
                "name": localized(about["place"]),
                "address": localized(about["address"][:MAX_ADDRESS_CHARS]),
            }
            event["venue"] = address
        event = identified(f"{issuer}.{edition.slug}-{language}", event)
        ticket = {
            "classId": event["id"],
            "state": "ACTIVE",
            "ticketHolderName": tickets.holder_name(registration, language),
            "ticketNumber": registration.code_in_groups,
            "ticketType": localized(str(registration.category)),
            "barcode": {
                "type": "QR_CODE",
                "value": registration.code,
                "alternateText": registration.code_in_groups,
            },
        }
    ticket = identified(f"{issuer}.{registration.code}-{language}", ticket)
    return {"eventTicketClasses": [event], "eventTicketObjects": [ticket]}


def identified(prefix: str, content: dict) -> dict:
    """Return `content` with an ID that changes with it: Google stores an ID as it first sees it."""
    return {"id": f"{prefix}-{hashlib.sha256(as_json(content)).hexdigest()[:8]}"} | content


def instant(at: datetime.datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")
