"""Action that writes to the selected registrations, and the log of the messages sent."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import get_language_info, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from symposium.core.admin.base import EditionFilter, TranslatedModelAdmin
from symposium.core.admin.forms import language_gaps
from symposium.core.i18n.localized import LANGUAGES
from symposium.core.i18n.typography import direction
from symposium.registrations import mailings as letters
from symposium.registrations.admin import audit_log
from symposium.registrations.admin.mixins import ReadOnlyMixin, changelist_link
from symposium.registrations.models import Message, Registration

# One request queues all e-mails. Measured with 300 readers: 5 ms of processor time for each
# e-mail; 16 ms of elapsed time on two busy processors.
MAX_READERS = 2000
WRITE_TEMPLATE = "admin/symposium_registrations/registration/write.html"


class MessageForm(forms.ModelForm):
    """Form for a subject and a text, in one or more languages."""

    class Meta:
        model = Message
        fields = letters.TEXT_FIELDS

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            language = name[-2:]
            field.required = False
            field.widget.attrs |= {"lang": language, "dir": direction(language)}

    def clean(self):
        written = {name: self.cleaned_data.get(name) for name in letters.TEXT_FIELDS}
        for code in LANGUAGES:
            subject, body = written[f"subject_{code}"], written[f"body_{code}"]
            if body and not subject:
                self.add_error(
                    f"subject_{code}",
                    ValidationError(_("Enter a subject."), code="no_subject"),
                )
            if subject and not body:
                self.add_error(
                    f"body_{code}", ValidationError(_("Enter a message."), code="no_body")
                )
        return self.cleaned_data

    def languages(self):
        """Yield `(code, name, fields)` of each language, for the template."""
        for code in LANGUAGES:
            name = get_language_info(code)["name_local"].capitalize()
            yield code, name, [self[f"subject_{code}"], self[f"body_{code}"]]


class MailingActionMixin(admin.ModelAdmin):
    def has_message_permission(self, request):
        return request.user.has_perm("symposium_registrations.message_registration")

    @admin.action(description=gettext_lazy("Send a message"), permissions=["message"])
    def write(self, request, queryset):
        """Show the form, then a preview in each language, then send the message."""
        people = letters.recipients(queryset)
        editions = list(people.order_by().values_list("edition", flat=True).distinct())
        if len(editions) != 1:
            messages.error(request, _("Select people from one edition who have an account."))
            return None
        if people.count() > MAX_READERS:
            text = _("Select no more than %(most)d at a time.") % {"most": MAX_READERS}
            messages.error(request, text)
            return None
        step = request.POST.get("decided")
        message = Message(edition_id=editions[0], by=request.user)
        form = MessageForm(request.POST if step else None, instance=message)
        context = {
            "form": form,
            "title": _("Send a message"),
            "action": "write",
            "language_gaps": language_gaps(form),
            "unsubscribed": queryset.filter(user__isnull=False, takes_messages=False).count(),
        }
        if not form.is_valid():
            return self.asked(request, people, context, template=WRITE_TEMPLATE)
        seen = letters.digest(message, people)
        if step == "send" and request.POST.get("seen") == seen:
            self.send(request, message, people)
            return None
        if step == "send":
            text = _("The message or the recipients have changed. Check the preview again.")
            messages.warning(request, text)
        context |= {"previews": letters.previews(message, people), "seen": seen}
        return self.asked(request, people, context, template=WRITE_TEMPLATE)

    def send(self, request, message: Message, people) -> None:
        sent, is_new = letters.send(message, people)
        if not is_new:
            at = timezone.localtime(sent.sent_at)
            text = _(
                "This message was already sent to these people at %(time)s. It wasn’t sent again."
            )
            messages.warning(request, text % {"time": f"{at:%H:%M}"})
            return
        number = sent.recipients.count()
        words = ngettext(
            "“%(subject)s” is being sent to %(n)d person.",
            "“%(subject)s” is being sent to %(n)d people.",
            number,
        )
        text = words % {"subject": sent, "n": number}
        audit_log.log_action(request.user, _("Message"), text)
        messages.success(request, text)


@admin.register(Message)
class MessageAdmin(ReadOnlyMixin, TranslatedModelAdmin):
    text_field = "subject"
    list_display = ["text", "sent_at", "by", "readers", "languages_filled"]
    list_filter = [EditionFilter]
    list_select_related = ["by", "edition"]
    fields = ["edition", "sent_at", "by", "readers", "subject", "body"]
    readonly_fields = ["readers"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(reader_count=Count("recipients"))

    @admin.display(description=gettext_lazy("subject"))
    def text(self, message):
        return super().text(message)

    @admin.display(description=gettext_lazy("recipients"), ordering="reader_count")
    def readers(self, message):
        chosen = {"edition": "all", "messages__id__exact": message.pk}
        return changelist_link(message.reader_count, Registration, **chosen)
