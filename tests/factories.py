"""Factories of saved objects for the tests: plain functions with a default for everything.

Times are in the edition's time zone: `make_session(day=2, at="14:00", lasting=90)`.
"""

import datetime
import io
import itertools

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from symposium.abstracts.models import Abstract, AbstractKeyword, Author, Keyword
from symposium.accounts.models import User
from symposium.editions.models import Edition, News, Page, PageFile, Partner
from symposium.registrations import places
from symposium.registrations.models import (
    Booking,
    Category,
    Invitation,
    Option,
    Question,
    Registration,
)
from symposium.sessions.models import (
    Participation,
    Resource,
    Room,
    Session,
    SessionKind,
    SpeakerRole,
    Track,
)
from symposium.speakers.models import Link, Speaker

FIRST_DAY = datetime.date(2021, 6, 9)
numbers = itertools.count(1)


def make_edition(slug: str = "", **fields) -> Edition:
    slug = slug or f"edition-{next(numbers)}"
    fields = {
        "name_fr": f"Symposium {slug}",
        "short_name_fr": slug,
        "city_fr": "Casablanca",
        "starts_on": FIRST_DAY,
        "ends_on": fields.get("starts_on", FIRST_DAY) + datetime.timedelta(days=1),
        "is_published": True,
    } | fields
    edition = refreshed(Edition.objects.create(slug=slug, **fields))
    if edition.registration_opens_at:
        make_page(edition, slug=Page.PRIVACY, title_fr="Données personnelles")
    return edition


def where_it_is_noon(now: datetime.datetime) -> str:
    """Return a time zone in which it is noon: midnight is hours away whenever the tests run."""
    return f"Etc/GMT{now.astimezone(datetime.UTC).hour - 12:+d}"


def make_partner(edition: Edition | None = None, **fields) -> Partner:
    fields = {"name_fr": f"Partenaire {next(numbers)}"} | fields
    return Partner.objects.create(edition=edition or make_edition(), **fields)


def make_page(edition: Edition | None = None, **fields) -> Page:
    fields = {"title_fr": f"Page {next(numbers)}", "body_fr": "## Venir\n\nEn tram."} | fields
    return Page.objects.create(edition=edition or make_edition(), **fields)


def make_page_file(page: Page | None = None, **fields) -> PageFile:
    fields = {"file": picture("plan.png"), "description_fr": "Plan"} | fields
    return PageFile.objects.create(page=page or make_page(), **fields)


def make_news(edition: Edition | None = None, **fields) -> News:
    """Create news that has been public since the first of June 2021."""
    fields = {
        "title_fr": f"Nouvelle {next(numbers)}",
        "body_fr": "La ligne **T1** passe par là.",
        "published_at": datetime.datetime(2021, 6, 1, 9, tzinfo=datetime.UTC),
    } | fields
    return News.objects.create(edition=edition or make_edition(), **fields)


def make_room(edition: Edition | None = None, **fields) -> Room:
    fields = {"name_fr": f"Salle {next(numbers)}"} | fields
    return Room.objects.create(edition=edition or make_edition(), **fields)


def make_track(edition: Edition | None = None, **fields) -> Track:
    fields = {"name_fr": f"Axe {next(numbers)}"} | fields
    return Track.objects.create(edition=edition or make_edition(), **fields)


def make_session_kind(edition: Edition | None = None, **fields) -> SessionKind:
    fields = {"name_fr": f"Format {next(numbers)}"} | fields
    return SessionKind.objects.create(edition=edition or make_edition(), **fields)


def make_speaker_role(edition: Edition | None = None, **fields) -> SpeakerRole:
    fields = {"name_fr": f"Fonction {next(numbers)}"} | fields
    return SpeakerRole.objects.create(edition=edition or make_edition(), **fields)


def make_speaker(edition: Edition | None = None, **fields) -> Speaker:
    fields = {"given_name_fr": "Salma", "family_name_fr": f"Médina{next(numbers)}"} | fields
    return Speaker.objects.create(edition=edition or make_edition(), **fields)


def make_link(speaker: Speaker | None = None, **fields) -> Link:
    fields = {"label_fr": "Laboratoire", "url": "https://example.org/"} | fields
    return Link.objects.create(speaker=speaker or make_speaker(), **fields)


def instant(edition: Edition, at: str, day: int = 1) -> datetime.datetime:
    """Return the instant at which the edition's clock shows `at` on its day number `day`."""
    date = edition.starts_on + datetime.timedelta(days=day - 1)
    return datetime.datetime.combine(date, datetime.time.fromisoformat(at), edition.zone)


def times(edition: Edition, at: str = "09:00", lasting: int = 45, day: int = 1) -> dict:
    """Return `starts_at` and `ends_at` of something that lasts `lasting` minutes."""
    starts_at = instant(edition, at, day).astimezone(datetime.UTC)
    return {"starts_at": starts_at, "ends_at": starts_at + datetime.timedelta(minutes=lasting)}


def build_session(
    edition: Edition | None = None,
    *,
    at: str | None = "09:00",
    lasting: int = 45,
    day: int = 1,
    **fields,
) -> Session:
    """Return a published session, not saved; `at=None` leaves it unscheduled."""
    if fields.get("own_kind"):
        fields["kind"] = fields["own_kind"].standard
    edition = edition or (fields["room"].edition if fields.get("room") else make_edition())
    fields = {"title_fr": f"Séance {next(numbers)}", "status": Session.Status.PUBLISHED} | fields
    if at:
        fields = times(edition, at, lasting, day) | fields
    return Session(edition=edition, **fields)


def make_session(edition: Edition | None = None, **fields) -> Session:
    session = build_session(edition, **fields)
    session.save()
    return session


def make_talk(parent: Session, *, after: int | None = 0, lasting: int = 15, **fields) -> Session:
    """Create a talk of `parent`, `after` minutes from its start; `after=None`: without a time."""
    if after is not None:
        starts_at = parent.starts_at + datetime.timedelta(minutes=after)
        fields |= {
            "starts_at": starts_at,
            "ends_at": starts_at + datetime.timedelta(minutes=lasting),
        }
    return make_session(parent.edition, parent=parent, at=None, **fields)


def make_participation(
    session: Session | None = None, speaker: Speaker | None = None, **fields
) -> Participation:
    session = session or make_session()
    speaker = speaker or make_speaker(session.edition)
    if fields.get("own_role"):
        fields["role"] = fields["own_role"].standard
    return Participation.objects.create(session=session, speaker=speaker, **fields)


def make_resource(session: Session | None = None, **fields) -> Resource:
    fields = {"title_fr": "Diapositives", "url": "https://example.org/slides"} | fields
    return Resource.objects.create(session=session or make_session(), **fields)


def make_abstract(edition: Edition | None = None, **fields) -> Abstract:
    """Create a published abstract in French."""
    if not edition:
        edition = fields["session"].edition if fields.get("session") else make_edition()
    fields = {
        "title_fr": f"Résumé {next(numbers)}",
        "text_fr": "La ville apprend de ses crises.",
        "status": Abstract.Status.PUBLISHED,
        "published_at": datetime.datetime(2021, 6, 1, 9, tzinfo=datetime.UTC),
    } | fields
    if fields["status"] == Abstract.Status.WITHDRAWN:
        withdrawn_at = fields["published_at"] + datetime.timedelta(days=30)
        reason = "Retiré à la demande de l’auteure."
        fields = {"withdrawn_at": withdrawn_at, "withdrawal_reason_fr": reason} | fields
    return Abstract.objects.create(edition=edition, **fields)


def make_main_abstract(edition: Edition | None = None, **fields) -> Abstract:
    """Create the published main abstract of an edition."""
    return make_abstract(edition, kind=Abstract.Kind.SYMPOSIUM, **fields)


def make_keyword(abstract: Abstract | None = None, **fields) -> Keyword:
    """Create a keyword, and add it to `abstract` if given."""
    keyword = Keyword.objects.create(**{"name_fr": f"Résilience {next(numbers)}"} | fields)
    if abstract:
        AbstractKeyword.objects.create(abstract=abstract, keyword=keyword)
    return keyword


def make_author(abstract: Abstract | None = None, **fields) -> Author:
    if not fields.get("speaker"):
        fields = {"given_name_fr": "Nora", "family_name_fr": f"Rivage{next(numbers)}"} | fields
    return Author.objects.create(abstract=abstract or make_abstract(), **fields)


def make_user(email: str = "", password: str | None = None, **fields) -> User:
    email = email or f"person{next(numbers)}@example.org"
    return User.objects.create_user(email, password, **fields)


def make_organiser(**fields) -> User:
    return make_user(**{"is_staff": True, "is_superuser": True} | fields)


def open_edition(slug: str = "", **fields) -> Edition:
    """Create an edition of next month, open for registration once it has a category."""
    now = timezone.now()
    return make_edition(
        slug,
        **{
            "starts_on": now.date() + datetime.timedelta(days=30),
            "registration_opens_at": now - datetime.timedelta(days=30),
        }
        | fields,
    )


def make_category(edition: Edition | None = None, **fields) -> Category:
    fields = {"name_fr": f"Catégorie {next(numbers)}"} | fields
    return Category.objects.create(edition=edition or open_edition(), **fields)


def make_invitation(category: Category | None = None, **fields) -> Invitation:
    fields = {"email": f"guest{next(numbers)}@example.org"} | fields
    category = category or make_category(by_invitation=True)
    return Invitation.objects.create(category=category, **fields)


def make_question(edition: Edition | None = None, options: tuple = (), **fields) -> Question:
    """Create a question with the answers `options` to choose from, in French."""
    fields = {"label_fr": f"Question {next(numbers)} ?"} | fields
    question = Question.objects.create(edition=edition or open_edition(), **fields)
    for order, label in enumerate(options):
        Option.objects.create(question=question, label_fr=label, order=order)
    return question


def build_registration(category: Category | None = None, **fields) -> Registration:
    """Return a registration, not saved and not yet given to `places.register`."""
    category = category or make_category()
    fields = {
        "given_name": "Salma",
        "family_name": f"Médina{next(numbers)}",
        "role": Registration.Role.RESEARCH,
        "country": "MA",
    } | fields
    user = fields.pop("user", None) or make_user()
    return Registration(edition=category.edition, category=category, user=user, **fields)


def make_registration(category: Category | None = None, **fields) -> Registration:
    """Register a person: confirmed while there are places, then on the waiting list."""
    sessions = fields.pop("sessions", ())
    registration = build_registration(category, **fields)
    return places.register(registration, sessions=sessions)[0]


def make_workshop(edition: Edition | None = None, places: int | None = 10, **fields) -> Session:
    """Create a session with limited places."""
    fields = {"kind": Session.Kind.WORKSHOP} | fields
    return make_session(edition or open_edition(), places=places, **fields)


def make_booking(
    registration: Registration | None = None, session: Session | None = None
) -> Booking:
    registration = registration or make_registration()
    return places.book(registration, session or make_workshop(registration.edition))


def picture(name: str = "photo.png", size=(40, 50), format: str = "PNG", **options):
    """Return an uploaded file with a plain image; `options` go to Pillow's `save`."""
    content = io.BytesIO()
    Image.new("RGB", size, "teal").save(content, format, **options)
    return SimpleUploadedFile(name, content.getvalue())


def refreshed(instance):
    """Reload the row from the database and return it."""
    instance.refresh_from_db()
    return instance
