"""Questions of the registration form, their options, the answers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from symposium.editions.models import Edition, has_translation
from symposium.editions.triggers import MoveRevision
from symposium.registrations.models.categories import Category
from symposium.registrations.models.registrations import Registration


class QuestionQuerySet(models.QuerySet):
    def for_category(self, category: Category):
        return self.filter(Q(categories=None) | Q(categories=category)).distinct()


class Question(models.Model):
    """Additional question of the organisers, for everybody or for some categories."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        CHOICE = "choice", _("One choice")
        CHOICES = "choices", _("Several choices")
        YES_NO = "yes_no", _("Yes or no")

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="questions", verbose_name=_("edition")
    )
    label = models.CharField(_("question"), max_length=200)
    help_text = models.CharField(_("explanation"), max_length=300, blank=True)
    kind = models.CharField(_("kind of answer"), max_length=7, choices=Kind, default=Kind.TEXT)
    is_required = models.BooleanField(_("an answer is required"), default=False)
    categories = models.ManyToManyField(
        Category, related_name="questions", blank=True, verbose_name=_("categories"),
        help_text=_("If blank, everyone is asked."),
    )  # fmt: skip
    order = models.PositiveSmallIntegerField(_("order"), default=0, db_index=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=has_translation("label"),
                name="questions_worded",
                violation_error_message=_("Enter the question in at least one language."),
            )
        ]
        triggers = [MoveRevision(name="form_revision")]

    def __str__(self) -> str:
        return self.label or ""

    @property
    def has_options(self) -> bool:
        return self.kind in (self.Kind.CHOICE, self.Kind.CHOICES)


class Option(models.Model):
    """One of the answers that a question offers."""

    question = models.ForeignKey(
        Question, models.CASCADE, related_name="options", verbose_name=_("question")
    )
    label = models.CharField(_("answer"), max_length=200)
    order = models.PositiveSmallIntegerField(_("order"), default=0, db_index=True)

    class Meta:
        verbose_name = _("offered answer")
        verbose_name_plural = _("offered answers")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["id", "question"], name="options_id_question"),
            models.CheckConstraint(
                condition=has_translation("label"),
                name="options_worded",
                violation_error_message=_("Enter the answer in at least one language."),
            ),
        ]
        triggers = [MoveRevision(name="form_revision", through="question")]

    def __str__(self) -> str:
        return self.label or ""


class Answer(models.Model):
    """Answer to a question: a text, `yes`, `no`, or an option (one row per selected option)."""

    registration = models.ForeignKey(
        Registration, models.CASCADE, related_name="answers", verbose_name=_("registration")
    )
    question = models.ForeignKey(
        Question, models.RESTRICT, related_name="answers", verbose_name=_("question")
    )
    option = models.ForeignKey(
        Option, models.RESTRICT, related_name="answers", null=True, blank=True,
        verbose_name=_("offered answer"),
    )  # fmt: skip
    text = models.TextField(_("answer"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["question__order", "question_id", "option__order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "question"],
                condition=Q(option=None),
                name="answers_one_text_per_question",
                violation_error_message=_("This question already has an answer."),
            ),
            models.UniqueConstraint(
                fields=["registration", "question", "option"],
                name="answers_option_once",
                violation_error_message=_("This answer has already been given."),
            ),
            models.CheckConstraint(
                condition=Q(option=None, text__gt="") | Q(option__isnull=False, text=""),
                name="answers_text_or_option",
                violation_error_message=_("Enter a text or choose one of the answers, not both."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.option) if self.option_id else self.text
