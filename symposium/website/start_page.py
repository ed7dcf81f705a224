"""What the start page of the desk shows: figures, what waits for an answer, news, last changes."""

import datetime

from django.db.models import Count, Min, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from symposium.abstracts.models import Abstract, UsageCount
from symposium.core.admin.base import name_list
from symposium.core.admin.last_changes import changes_seen_by
from symposium.core.i18n.dates import long_date
from symposium.core.mail.models import Email
from symposium.editions.checklist import checklist
from symposium.editions.models import Edition, News
from symposium.registrations.models import Registration
from symposium.registrations.models.registrations import State
from symposium.sessions.models import Session

SHOWN_NAMES = 3
SHOWN_NEWS = 3
SHOWN_CHANGES = 6
ONE_DAY = datetime.timedelta(days=1)
ONE_WEEK = datetime.timedelta(days=7)
# What organisers add most, in the order of the year.
ADDED = ["Session", "Speaker", "Abstract", "Registration", "News", "Page"]


def start_page(user, edition: Edition | None, models: dict[str, dict]) -> dict:
    """Return the context of the start page; `models` are those of the sections, by their names."""
    if edition is None:
        return {"changes": []}
    milestones = checklist(edition, user)
    return {
        "figures": figures(user, edition),
        "milestones": milestones,
        "missing_count": sum(len(step.items) for step in milestones),
        "answers": answers(user, edition),
        "added": [models[name] for name in ADDED if models.get(name, {}).get("add_url")],
        "news": latest_news(user, edition),
        "news_list": list_address(News, edition) if may_view(user, News) else "",
        "changes": changes_seen_by(user, SHOWN_CHANGES),
        "days_left": (edition.starts_on - edition.today()).days,
        "today": long_date(edition.today()),
    }


def may_view(user, model) -> bool:
    return user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")


def list_address(model, edition: Edition | None = None, **chosen) -> str:
    """Return the address of a list, of one edition if the model has editions."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    query = ({"edition": edition.pk} if edition else {}) | chosen
    return f"{reverse(name)}?{urlencode(query)}" if query else reverse(name)


def figures(user, edition: Edition) -> list[dict]:
    """Return up to five figures `{"name", "value", "words", "url"}`, each with its list."""
    found: list[dict] = []
    if may_view(user, Registration):
        found += registration_figures(edition)
    if may_view(user, Session):
        found.append(session_figure(edition))
    if may_view(user, Abstract):
        found.append(reading_figure(edition))
    return found


def registration_figures(edition: Edition) -> list[dict]:
    confirmed = Q(state=State.CONFIRMED)
    number = edition.registrations.aggregate(
        confirmed=Count("pk", filter=confirmed),
        new=Count("pk", filter=confirmed & Q(created_at__gte=timezone.now() - ONE_DAY)),
        waiting=Count("pk", filter=Q(state=State.WAITING)),
        on_site=Count("pk", filter=confirmed & Q(category__on_site=True)),
        countries=Count("country", filter=confirmed & ~Q(country=""), distinct=True),
    )
    places = edition.categories.aggregate(
        all=Sum("places"), unlimited=Count("pk", filter=Q(places=None))
    )
    words = [_("%(n)d since yesterday") % {"n": number["new"]}]
    if places["all"] and not places["unlimited"]:
        words.append(ngettext("%(n)d place", "%(n)d places", places["all"]) % {"n": places["all"]})
    online = number["confirmed"] - number["on_site"]
    countries = ngettext("%(n)d country", "%(n)d countries", number["countries"])
    return [
        {
            "name": _("Confirmed registrations"), "value": number["confirmed"],
            "words": _(", ").join(words),
            "url": list_address(Registration, edition, state__exact=State.CONFIRMED.value),
        },
        {
            "name": _("Waiting list"), "value": number["waiting"], "words": "",
            "url": list_address(Registration, edition, state__exact=State.WAITING.value),
        },
        {
            "name": _("On site and online"),
            "value": _("%(on_site)d and %(online)d")
            % {"on_site": number["on_site"], "online": online},
            "words": countries % {"n": number["countries"]},
            "url": f"{reverse('admin:symposium_registrations_registration_charts')}"
                   f"?{urlencode({'edition': edition.pk})}",
        },
    ]  # fmt: skip


def session_figure(edition: Edition) -> dict:
    number = edition.sessions.aggregate(
        all=Count("pk"),
        published=Count("pk", filter=Q(status=Session.Status.PUBLISHED)),
        draft=Count("pk", filter=Q(status=Session.Status.DRAFT)),
    )
    drafts = ngettext("%(n)d draft", "%(n)d drafts", number["draft"]) % {"n": number["draft"]}
    return {
        "name": _("Published sessions"),
        "value": _("%(n)d of %(all)d") % {"n": number["published"], "all": number["all"]},
        "words": drafts if number["draft"] else "",
        "url": list_address(Session, edition, status__exact=Session.Status.PUBLISHED.value),
    }


def reading_figure(edition: Edition) -> dict:
    """Return how often the abstracts were read in the last week, and in the week before."""
    today = edition.today()
    this_week = Q(day__gt=today - ONE_WEEK)
    number = UsageCount.objects.filter(
        abstract__edition=edition, day__gt=today - 2 * ONE_WEEK
    ).aggregate(new=Sum("count", filter=this_week), old=Sum("count", filter=~this_week))
    return {
        "name": _("Views of abstracts"),
        "value": number["new"] or 0,
        "words": _("this week, %(n)d the week before") % {"n": number["old"] or 0},
        "url": list_address(Abstract, edition),
    }


def answers(user, edition: Edition) -> list[dict]:
    """Return what waits for an organiser: `{"words", "details", "url", "button"}`."""
    found = []
    if user.has_perm("symposium_registrations.change_registration"):
        found.append(pending_registrations(edition))
    if user.is_superuser:
        found.append(failed_emails())
    return [answer for answer in found if answer]


def pending_registrations(edition: Edition) -> dict | None:
    pending = edition.registrations.filter(state=State.PENDING)
    number = pending.aggregate(count=Count("pk"), oldest=Min("created_at"))
    if not number["count"]:
        return None
    words = ngettext(
        "%(n)d registration to approve", "%(n)d registrations to approve", number["count"]
    )
    oldest = long_date(number["oldest"].astimezone(edition.zone).date())
    names = list(pending.order_by("created_at")[:SHOWN_NAMES])
    names += [None] * (number["count"] - len(names))
    return {
        "count": number["count"],
        "words": words % {"n": number["count"]},
        "since": _("the oldest of %(date)s") % {"date": oldest},
        "details": name_list(names, most=SHOWN_NAMES),
        "url": list_address(Registration, edition, state__exact=State.PENDING.value),
        "button": _("View and approve"),
    }


def failed_emails() -> dict | None:
    failed = Email.objects.filter(status=Email.Status.FAILED)
    number = failed.count()
    if not number:
        return None
    words = ngettext("%(n)d email not sent", "%(n)d emails not sent", number)
    return {
        "count": number,
        "words": words % {"n": number},
        "details": name_list(failed.order_by("-pk").values_list("to", flat=True), SHOWN_NAMES),
        "url": list_address(Email, status__exact=Email.Status.FAILED.value),
        "button": _("View"),
    }


def latest_news(user, edition: Edition) -> list[News]:
    if not may_view(user, News):
        return []
    return list(edition.news.order_by("-pk")[:SHOWN_NEWS])
