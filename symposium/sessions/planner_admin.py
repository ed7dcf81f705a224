"""The planner of the desk: a day of the draft as a grid, and what organisers do there.

Each action is a form. The script of the page sends the same forms, and gets JSON in return.
"""

import datetime
from collections.abc import Callable, Collection, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from symposium.core.admin.base import db_error_message
from symposium.core.i18n.dates import weekday
from symposium.editions.models import Edition
from symposium.sessions import draft, planner, planning
from symposium.sessions.draft import Slot
from symposium.sessions.models import Room, Session
from symposium.sessions.release_admin import ReleaseMixin

TALK_STEPS = {"up": -1, "down": 1}
NUDGE = datetime.timedelta(minutes=15)
MAX_MINUTES = 24 * 60
JSON_TYPE = "application/json"
IMPOSSIBLE = _("Select one or more sessions.")


class PlaceForm(forms.Form):
    """Place of one session: day, start, length, room; without a start it has no time."""

    day = forms.ChoiceField(label=_("Day"))
    start = forms.TimeField(label=_("Start"), required=False)
    minutes = forms.IntegerField(
        label=_("Minutes"), required=False, min_value=1, max_value=MAX_MINUTES
    )
    room = forms.ModelChoiceField(Room.objects.none(), label=_("Room"), required=False)
    status = forms.ChoiceField(
        label=_("After the release"), required=False, choices=Session.Status.choices
    )

    def __init__(self, edition, rooms, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.edition = edition
        self.fields["day"].choices = [(day.isoformat(), weekday(day)) for day in edition.days]
        self.fields["room"].queryset = edition.rooms.all()
        self.fields["room"].choices = [("", _("No room")), *((room.pk, room) for room in rooms)]
        self.fields["start"].widget.format = "%H:%M"

    def slot(self, session: Session) -> Slot:
        """Return the slot for a session; a draft that gets a time is published on release."""
        data, present = self.cleaned_data, draft.draft_slot(session)
        room, status = data["room"], data["status"] or present.status
        if data["start"] is None:
            return Slot(None, None, room and room.pk, status)
        if not (data["status"] or present.is_scheduled or status != Session.Status.DRAFT):
            status = Session.Status.PUBLISHED
        day = datetime.date.fromisoformat(data["day"])
        start = datetime.datetime.combine(day, data["start"], self.edition.zone)
        start = start.astimezone(datetime.UTC)
        length = planner.length_of(session)
        if data["minutes"]:
            length = datetime.timedelta(minutes=data["minutes"])
        return Slot(start, start + length, room and room.pk, status)


class SelectionForm(forms.Form):
    """Sessions chosen in the grid, and by how many minutes to move them."""

    chosen = forms.ModelMultipleChoiceField(
        Session.objects.none(),
        error_messages={"required": IMPOSSIBLE, "invalid_choice": IMPOSSIBLE},
    )
    minutes = forms.IntegerField(
        label=_("Minutes"), required=False, min_value=1, max_value=MAX_MINUTES
    )

    def __init__(self, edition, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["chosen"].queryset = draft.draft_sessions(edition)

    @property
    def by(self) -> datetime.timedelta:
        return datetime.timedelta(minutes=self.cleaned_data["minutes"] or 0)


def neighbour(session: Session, rooms: Sequence[Room], step: int) -> Slot:
    """Return the slot in the next or previous room; “no room” is after the last."""
    slot = draft.draft_slot(session)
    keys = [*(room.pk for room in rooms), None]
    place = min(max(keys.index(slot.room_id) + step, 0), len(keys) - 1)
    return slot._replace(room_id=keys[place])


def unscheduled(slot: Slot) -> Slot:
    return slot._replace(starts_at=None, ends_at=None)


class PlannerMixin(ReleaseMixin):
    """Mixin with the pages of the planner and of the release."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.planner_view)
        name = "symposium_sessions_session_planner"
        return [path("planner/", view, name=name), *super().get_urls()]

    def planner_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        edition = self.working_edition(request)
        if edition is None:
            raise Http404
        prefetch_related_objects([edition], "rooms")
        date = self.planned_day(request, edition)
        with timezone.override(edition.zone):
            if "talk" in request.POST:
                return self.talk_action(request, edition, date)
            if request.method == "POST":
                return self.planner_action(request, edition, date)
            return self.planner_page(request, edition, date)

    def planned_day(self, request: HttpRequest, edition: Edition) -> datetime.date:
        """Return the day in the address, else today, else the first day."""
        days = {day.isoformat(): day for day in edition.days}
        today = edition.today().isoformat()
        return days.get(request.GET.get("day", ""), days.get(today, edition.starts_on))

    # Actions

    def planner_action(
        self, request: HttpRequest, edition: Edition, date: datetime.date
    ) -> HttpResponse:
        """Change the draft, then answer with the day as JSON, or go back to the page."""
        sessions: list[Session] = []

        def act() -> None:
            sessions.extend(self.change_draft(request, edition))
            self.log_moves(request, edition, sessions)

        error = refusal(act)
        if request.headers.get("Accept") == JSON_TYPE:
            return self.planner_json(request, edition, date, sessions, error)
        if error:
            messages.error(request, error)
        else:
            messages.success(request, self.say(edition, sessions))
        return redirect(self.planner_address(edition, date, request.POST.get("session", "")))

    def talk_action(
        self, request: HttpRequest, edition: Edition, date: datetime.date
    ) -> HttpResponse:
        """Move a talk before or after its neighbour, in public too; then go back to the page."""
        way, _sign, pk = request.POST["talk"].partition(":")

        def act() -> None:
            talks = edition.sessions.filter(parent__isnull=False)
            talk = talks.filter(pk=pk).first() if pk.isdecimal() else None
            if talk is None or way not in TALK_STEPS:
                raise ValidationError(_("Choose an action."), code="action")
            planning.move_talk(talk, TALK_STEPS[way])
            self.log_change(request, talk, [{"changed": {"fields": ["start"]}}])

        if error := refusal(act):
            messages.error(request, error)
        return redirect(self.planner_address(edition, date, request.POST.get("session", "")))

    def change_draft(self, request, edition: Edition) -> list[Session]:
        """Carry out the action of the form; return the sessions. Raise ValidationError."""
        user, action = request.user, request.POST.get("action", "")
        if action == "undo":
            return draft.undo(edition, user)
        if action == "redo":
            return draft.redo(edition, user)
        if action in ONE:
            pk = request.POST.get("session", "")
            keys = [int(pk)] if pk.isdecimal() else []
            rooms = list(edition.rooms.all())
            verb = verb_of_one(action, rooms, PlaceForm(edition, rooms, request.POST))
        else:
            form = SelectionForm(edition, request.POST)
            checked(form)
            keys = [session.pk for session in form.cleaned_data["chosen"]]
            verb = verb_of_selection(action, form.by)
        sessions = draft.change(edition, user, keys, verb)
        if not sessions:
            raise ValidationError(IMPOSSIBLE, code="nothing")
        return sessions

    def log_moves(self, request, edition: Edition, sessions: Collection[Session]) -> None:
        """Write the new places to the journal of each session."""
        kind = ContentType.objects.get_for_model(Session)
        rooms = {room.pk: room.name for room in edition.rooms.all()}
        LogEntry.objects.bulk_create(
            LogEntry(
                user=request.user,
                content_type=kind,
                object_id=str(session.pk),
                object_repr=str(session)[:200],
                action_flag=CHANGE,
                change_message=_("In the draft: %(place)s.")
                % {"place": place_of(edition, session, rooms)},
            )
            for session in sessions
        )

    # Answers

    def say(self, edition: Edition, sessions: Sequence[Session]) -> str:
        """Return what was done, for people who see it and people who hear it."""
        if len(sessions) != 1:
            words = ngettext("%(n)d session moved.", "%(n)d sessions moved.", len(sessions))
            return words % {"n": len(sessions)}
        rooms = {room.pk: room.name for room in edition.rooms.all()}
        place = place_of(edition, sessions[0], rooms)
        return f"\u2068{sessions[0]}\u2069: {place}."

    def lay_out(self, edition: Edition, date: datetime.date, *, everybody: bool) -> planner.Day:
        sessions = planner.load_day(edition, date)
        seats = self.seats_taken([session.pk for session in sessions])
        rooms = list(edition.rooms.all())
        return planner.lay_out(edition, date, sessions, rooms, seats, everybody=everybody)

    def planner_json(
        self,
        request: HttpRequest,
        edition: Edition,
        date: datetime.date,
        sessions: Sequence[Session],
        error: str,
    ) -> JsonResponse:
        day = self.lay_out(edition, date, everybody=False)
        said = [error or self.say(edition, sessions)]
        if len(sessions) == 1:
            said += [conflict.sentence for conflict in day.conflicts_of(sessions[0].pk)]
        state = self.steps(request, edition) | day.as_json()
        return JsonResponse(state | {"said": " ".join(said), "error": error})

    def steps(self, request, edition: Edition) -> dict[str, Any]:
        number = edition.moves.count()
        words = ngettext("%(n)d change isn’t public yet", "%(n)d changes aren’t public yet", number)
        return {
            "moves": words % {"n": number} if number else "",
            "can_undo": draft.undoable(edition, request.user) is not None,
            "can_redo": draft.redoable(edition, request.user) is not None,
        }

    def planner_address(self, edition: Edition, date: datetime.date, session: str = "") -> str:
        name = reverse("admin:symposium_sessions_session_planner")
        address = f"{name}?edition={edition.pk}&day={date}"
        return f"{address}&session={session}#pl-panel" if session.isdecimal() else address

    def planner_page(
        self, request: HttpRequest, edition: Edition, date: datetime.date
    ) -> HttpResponse:
        day = self.lay_out(edition, date, everybody=True)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Planner"),
            "shown": edition,
            "day": day,
            "days": [
                (one, one == date, self.planner_address(edition, one)) for one in edition.days
            ],
            "panel": self.panel(request, edition, day),
            **self.steps(request, edition),
        }
        name = "admin/symposium_sessions/session/planner.html"
        return TemplateResponse(request, name, context).render()

    def panel(self, request: HttpRequest, edition: Edition, day: planner.Day) -> dict | None:
        """Return what the panel shows of the session in the address, or None."""
        asked = request.GET.get("session", "")
        card = day.card(int(asked)) if asked.isdecimal() else None
        if not card:
            return None
        rooms = {column.room.pk: column.room for column in day.columns if column.room}
        slot = card.item.slot
        start = slot.starts_at and slot.starts_at.astimezone(edition.zone)
        initial = {
            "day": (start.date() if start else day.date).isoformat(),
            "start": start and start.time(),
            "minutes": card.minutes,
            "room": slot.room_id,
            "status": slot.status,
        }
        names = {pk: room.name for pk, room in rooms.items()}
        public = draft.public_slot(card.session)
        return {
            "card": card,
            "form": PlaceForm(edition, list(rooms.values()), initial=initial),
            "conflicts": day.conflicts_of(card.session.pk),
            "move": draft.move_of(card.session),
            "talks": card.session.talks.in_order() if card.talks else (),
            "public": draft.describe(edition, public, names.get(public.room_id, "")),
            "draft": draft.describe(edition, slot, names.get(slot.room_id, "")),
        }


ONE = {"place", "up", "down", "previous", "next", "remove", "revert"}


def verb_of_one(action: str, rooms: Sequence[Room], form: PlaceForm):
    """Return the function that moves the session that a form is about."""
    if action == "place":
        checked(form)
    moves = {
        "place": form.slot,
        "up": lambda session: draft.draft_slot(session).shifted(-NUDGE),
        "down": lambda session: draft.draft_slot(session).shifted(NUDGE),
        "previous": lambda session: neighbour(session, rooms, -1),
        "next": lambda session: neighbour(session, rooms, 1),
        "remove": lambda session: unscheduled(draft.draft_slot(session)),
        "revert": draft.public_slot,
    }
    return lambda sessions: {session.pk: moves[action](session) for session in sessions}


def verb_of_selection(action: str, by: datetime.timedelta):
    """Return the function that moves chosen sessions; raise ValidationError for no such action."""
    verbs = {
        "earlier": lambda sessions: draft.shift(sessions, -by),
        "later": lambda sessions: draft.shift(sessions, by),
        "swap": draft.swap,
        "spread": draft.spread,
    }
    if action not in verbs:
        raise ValidationError(_("Choose an action."), code="action")
    return verbs[action]


def refusal(act: Callable[[], None]) -> str:
    """Call `act` in a transaction; return why it was refused and rolled back, or ""."""
    try:
        with transaction.atomic():
            act()
            connection.check_constraints()
    except ValidationError as refused:
        return " ".join(refused.messages)
    except (IntegrityError, OperationalError) as refused:
        return str(db_error_message(refused))
    return ""


def checked(form: forms.Form) -> None:
    """Raise ValidationError with all errors of an invalid form, each after its label."""
    if form.is_valid():
        return
    found = []
    for name, reasons in form.errors.items():
        label = form.fields[name].label
        found += [f"{label}: {reason}" if label else reason for reason in reasons]
    raise ValidationError(found)


def place_of(edition: Edition, session: Session, rooms: dict[int, str]) -> str:
    slot = draft.draft_slot(session)
    return draft.describe(edition, slot, rooms.get(slot.room_id or 0, ""))
