"""Promotion from the waiting lists, in case plain SQL freed a place without promoting anybody."""

import datetime
from functools import partial

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from symposium.core import batches
from symposium.registrations import places
from symposium.registrations.models import Booking, Category, Registration
from symposium.sessions.models import Session


def promote_waiting_everywhere(at: datetime.datetime | None = None) -> int:
    """Give free places to the waiting list; return how many categories and sessions had some."""
    at = at or timezone.now()
    categories = Category.objects.filter(edition__period__endswith__gt=at)
    sessions = (
        Session.objects.held().filter(edition__period__endswith__gt=at).exclude(starts_at__lte=at)
    )
    return sum(
        batches.one_by_one(
            capacities_with_room(owners, holders, name), partial(promote_one, owners.model)
        )
        for owners, holders, name in [
            (categories, Registration.objects, "category"),
            (sessions, Booking.objects, "session"),
        ]
    )


def capacities_with_room(owners: QuerySet, holders, name: str) -> QuerySet:
    """Return the primary keys of the categories or sessions with a free place and a queue."""
    mine = {name: OuterRef("pk")}
    taken = holders.occupying().filter(**mine).order_by().values(name).values(count=Count("pk"))
    found = owners.filter(Exists(holders.waiting().filter(**mine))).alias(
        taken=Coalesce(Subquery(taken), 0)
    )
    free = found.filter(Q(places=None) | Q(places__gt=F("taken")))
    return free.order_by("pk").values_list("pk", flat=True)[: batches.BATCH_SIZE]


def promote_one(model: type[places.Capacity], pk: int) -> bool:
    for owner in places.lock_rows(model, [pk]).values():
        places.give_free_places(owner)
    return True
