"""Admin of news with the e-mail to those registered, whom `symposium.editions` does not know."""

from django.contrib import admin, messages
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from symposium.core.i18n.dates import moment
from symposium.editions.admin import NewsAdmin as PageNewsAdmin
from symposium.editions.models import News
from symposium.registrations import mailings as letters
from symposium.registrations.admin.messages import MAX_READERS, MailingActionMixin

EMAIL_TEMPLATE = "admin/symposium_editions/news/email.html"

admin.site.unregister(News)


@admin.register(News)
class NewsAdmin(MailingActionMixin, PageNewsAdmin):
    list_display = [*PageNewsAdmin.list_display[:-1], "emailed", "languages_filled"]
    list_select_related = ["edition", "message"]
    fields = [*PageNewsAdmin.fields, "emailed"]
    readonly_fields = ["emailed"]
    actions = ["email"]

    @admin.display(description=gettext_lazy("emailed"), ordering="message__sent_at")
    def emailed(self, news):
        return moment(news.message.sent_at) if hasattr(news, "message") else "–"

    @admin.action(description=gettext_lazy("Email to registered people"), permissions=["message"])
    def email(self, request, queryset):
        """Show the e-mail in each language and the number of its readers, then send it."""
        if queryset.count() != 1:
            messages.error(request, _("Choose one news item."))
            return None
        news = queryset.select_related("edition", "message").get()
        active = news.edition.registrations.active()
        people = letters.recipients(active)
        if refusal := self.refusal(news, people.count()):
            messages.error(request, refusal)
            return None
        message = letters.news_message(news, request.user)
        seen = letters.digest(message, people)
        if request.POST.get("decided") == "send":
            if request.POST.get("seen") == seen:
                self.send(request, message, people)
                return None
            text = _("The message or the recipients have changed. Check the preview again.")
            messages.warning(request, text)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": _("Email to registered people"),
            "news": news,
            "number": people.count(),
            "unsubscribed": active.filter(user__isnull=False, takes_messages=False).count(),
            "previews": letters.previews(message, people),
            "seen": seen,
        }
        return TemplateResponse(request, EMAIL_TEMPLATE, context)

    def refusal(self, news: News, number: int) -> str:
        """Return the sentence that says why this news cannot be emailed, or ""."""
        words = {"news": news, "most": MAX_READERS}
        if hasattr(news, "message"):
            words["at"] = moment(news.message.sent_at)
            return _("“%(news)s” was already emailed: %(at)s. News is emailed once.") % words
        if not News.objects.published().filter(pk=news.pk).exists():
            return _("“%(news)s” isn’t public yet. Publish it first.") % words
        if not number:
            return _("Nobody registered takes messages.")
        if number > MAX_READERS:
            return _("News can be emailed to %(most)d people at most.") % words
        return ""
