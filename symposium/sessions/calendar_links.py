"""Links that add a session to an online calendar, or subscribe it to a whole calendar."""

from urllib.parse import urlencode

from symposium.editions.jsonld import page_url
from symposium.sessions import ical
from symposium.sessions.models import Session

GOOGLE = "https://calendar.google.com/calendar/render"
OUTLOOK = "https://outlook.office.com/calendar/0/deeplink/compose"
OUTLOOK_SUBSCRIPTION = "https://outlook.office.com/calendar/0/addfromweb"


def calendar_links(session: Session) -> list[tuple[str, str]]:
    """Return the names and the links of the calendars to which a scheduled session can be added."""
    return [("Google", google_link(session)), ("Outlook", outlook_link(session))]


def google_link(session: Session) -> str:
    start, end = (f"{at:%Y%m%dT%H%M%S}" for at in local_times(session))
    query = {
        "action": "TEMPLATE",
        "text": session.title,
        "dates": f"{start}/{end}",
        "ctz": session.edition.time_zone,
        "details": page_url(session),
        "location": ical.location(session.edition, session),
    }
    return f"{GOOGLE}?{urlencode(query)}"


def outlook_link(session: Session) -> str:
    start, end = (at.isoformat() for at in local_times(session))
    query = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": session.title,
        "startdt": start,
        "enddt": end,
        "body": page_url(session),
        "location": ical.location(session.edition, session),
    }
    return f"{OUTLOOK}?{urlencode(query)}"


def local_times(session: Session) -> list:
    """Return start and end in the edition's time zone."""
    return [at.astimezone(session.edition.zone) for at in (session.starts_at, session.ends_at)]


def subscription_links(address: str, name: str) -> list[tuple[str, str]]:
    """Return the names and the links of the calendars that can subscribe to the one at `address`.

    `name` is what the subscription is called where the calendar asks for it.
    """
    google = urlencode({"cid": webcal_url(address)})
    outlook = urlencode({"url": address, "name": name})
    return [("Google", f"{GOOGLE}?{google}"), ("Outlook", f"{OUTLOOK_SUBSCRIPTION}?{outlook}")]


def webcal_url(address: str) -> str:
    """Return the URL that opens the calendar application of the device to subscribe."""
    return f"webcal:{address.partition(':')[2]}"
