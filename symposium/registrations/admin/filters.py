"""Filters of the list of registrations."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from symposium.registrations import countries
from symposium.registrations.models import Booking, CheckIn, Registration
from symposium.sessions.models import Session


def of_edition(rows, edition):
    return rows.filter(edition=edition) if edition else rows


class CountryFilter(admin.SimpleListFilter):
    """Filter by country; the countries are sorted by name."""

    title = _("country")
    parameter_name = "country"

    def lookups(self, request, model_admin):
        people = of_edition(Registration.objects, model_admin.chosen_edition(request))
        codes = people.exclude(country="").order_by().values_list("country", flat=True).distinct()
        return countries.named_countries(codes)

    def queryset(self, request, queryset):
        return queryset.filter(country=self.value()) if self.value() else queryset


class WorkshopFilter(admin.SimpleListFilter):
    """Filter by a session with limited places that a person booked or waits for."""

    title = _("booked session")
    parameter_name = "session"

    def lookups(self, request, model_admin):
        sessions = of_edition(Session.objects, model_admin.chosen_edition(request))
        limited = sessions.filter(places__isnull=False).order_by("starts_at", "pk")
        return [(str(session.pk), str(session)) for session in limited]

    def queryset(self, request, queryset):
        if not (self.value() or "").isdecimal():
            return queryset
        bookings = Booking.objects.active().filter(session=self.value())
        return queryset.filter(pk__in=bookings.values("registration"))


class CheckedInFilter(admin.SimpleListFilter):
    """Filter by check-in at the entrance: today, on any day, or never."""

    title = _("checked in")
    parameter_name = "checked_in"

    def lookups(self, request, model_admin):
        self.edition = model_admin.chosen_edition(request)
        return [("today", _("Today")), ("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request, queryset):
        entries = CheckIn.objects.active().at_the_entrance()
        came = entries.values("registration")
        match self.value():
            case "today":
                return queryset.filter(pk__in=came.filter(day=today(self.edition)))
            case "yes":
                return queryset.filter(pk__in=came)
            case "no":
                return queryset.exclude(pk__in=came)
        return queryset


def today(edition):
    return edition.today() if edition else timezone.localdate()
