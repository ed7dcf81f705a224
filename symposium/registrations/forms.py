"""The registration form; `RegistrationForm.register` is what the button does."""

from collections.abc import Iterator, Sequence
from functools import cache, cached_property

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.forms.models import construct_instance
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from symposium.accounts.models import User
from symposium.core.templatetags.symposium import text
from symposium.core.validators import one_line
from symposium.editions.models import Edition
from symposium.registrations import places
from symposium.registrations.documents import certificates
from symposium.registrations.models import Answer, Category, Question, Registration
from symposium.registrations.models.registrations import OCCUPYING_STATES
from symposium.sessions.models import Session

NAME_FIELDS = ["given_name", "family_name", "given_name_ar", "family_name_ar"]
PERSON_FIELDS = [*NAME_FIELDS, "affiliation"]
# Field that shows the error, by code of `Refused`.
FORM_FIELDS = {
    "category_closed": "category",
    "overlap": "workshops",
    "not_bookable": "workshops",
    "started": "workshops",
}
CHECKED_CHOICES = ["category", "country", "role"]

ONLINE_HINTS = {
    "category": Count("registrations", filter=Q(registrations__state__in=OCCUPYING_STATES)),
    "session": Count("bookings", filter=Q(bookings__state__in=OCCUPYING_STATES)),
}


class SafeHtml:
    """HTML between the fields.

    Crispy's own `HTML` would compile it as a template, with any title that an organiser wrote.
    """

    def __init__(self, html: SafeString):
        self.html = html

    def render(self, form, context, template_pack=None, **kwargs) -> SafeString:
        return self.html


class LineField(forms.CharField):
    """Field of one line of text, without invisible characters (direction marks, line breaks)."""

    def to_python(self, value):
        return one_line(super().to_python(value))


class PersonForm(forms.ModelForm):
    """Form of the data about a person that they can change at any time."""

    class Meta:
        model = Registration
        fields = [*PERSON_FIELDS, "role", "country", "accessibility_needs", "is_listed"]
        field_classes = dict.fromkeys(PERSON_FIELDS, LineField)
        widgets = {
            "given_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "family_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
            "given_name_ar": forms.TextInput(attrs={"lang": "ar", "dir": "rtl"}),
            "family_name_ar": forms.TextInput(attrs={"lang": "ar", "dir": "rtl"}),
            "affiliation": forms.TextInput(attrs={"autocomplete": "organization"}),
            "country": forms.Select(attrs={"autocomplete": "country"}),
            "accessibility_needs": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = {}
        self.fields["country"].required = True
        self.fields["role"].choices = [("", _("Choose")), *Registration.Role.choices]
        for name in ("given_name_ar", "family_name_ar"):
            self.fields[name].help_text = _("Optional, for the ticket, badge and certificate.")

    @cached_property
    def helper(self) -> FormHelper:
        """Crispy helper, made only for a page that shows the form."""
        helper = FormHelper()
        helper.form_tag = False
        helper.layout = self.layout
        return helper

    @property
    def layout_of_person(self) -> Div:
        return form_section(
            _("You"),
            Div("given_name", "family_name", css_class="pair"),
            Div("given_name_ar", "family_name_ar", css_class="pair"),
            "affiliation",
            Div("role", "country", css_class="pair"),
        )

    @property
    def layout_of_needs(self) -> Div:
        notice = _(
            "This is health data under Law 09-08. We ask only so that we can meet your "
            "needs. If you fill this in, you consent to our using it. We delete it 30 days "
            "after the symposium."
        )
        words = format_html('<p class="muted small">{}</p>', notice)
        return form_section(_("Accessibility"), "accessibility_needs", SafeHtml(words))

    # The organisers' own questions

    def add_questions(self, questions) -> None:
        for question in questions:
            name = f"question_{question.pk}"
            self.questions[name] = question
            self.fields[name] = field_for(question)
        # The summary of errors is in the order of the page.
        self.order_fields(
            [*PERSON_FIELDS, "role", "country", "category", "workshops", *self.questions]
        )

    def questions_of(self, category: Category | None) -> Iterator[tuple[str, Question]]:
        for name, question in self.questions.items():
            asked = {asked.pk for asked in question.categories.all()}
            if not asked or (category and category.pk in asked):
                yield name, question

    def check_answers(self, category: Category | None) -> None:
        """Drop the answers and errors of questions that `category` is not asked."""
        asked = dict(self.questions_of(category))
        for name in self.questions:
            if name not in asked:
                self.cleaned_data.pop(name, None)
                self.errors.pop(name, None)

    def save_answers(self, registration: Registration) -> None:
        asked = dict(self.questions_of(registration.category))
        Answer.objects.bulk_create(
            answer
            for name, question in asked.items()
            for answer in answer_rows(registration, question, self.cleaned_data.get(name))
        )


class CategoryField(forms.ModelChoiceField):
    """Choice of a category that is shown to `user`, among the loaded `categories`."""

    categories: Sequence[Category] = ()
    user: User

    def to_python(self, value):
        if value in self.empty_values:
            return None
        found = next((one for one in self.categories if str(one.pk) == str(value)), None)
        if found is None or not found.is_shown_to(self.user):
            raise ValidationError(
                self.error_messages["invalid_choice"],
                code="invalid_choice",
                params={"value": value},
            )
        return found


class RegistrationForm(PersonForm):
    """Form with which a person registers, all on one page.

    The edition comes from `form_editions`, with the categories and the questions.
    """

    category = CategoryField(
        Category.objects.none(), label=_("How you take part"), widget=forms.RadioSelect,
        empty_label=None,
    )  # fmt: skip
    workshops = forms.ModelMultipleChoiceField(
        Session.objects.none(), label=_("Sessions with limited places"), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("You can also book later, or release your seat."),
    )  # fmt: skip
    consent = forms.BooleanField(
        label=_("I agree to my data being used to organise the symposium, as described."),
        error_messages={"required": _("To register, you need to agree to this.")},
    )

    class Meta(PersonForm.Meta):
        fields = [*PERSON_FIELDS, "role", "country", "category", "accessibility_needs", "is_listed"]

    def __init__(self, *args, edition: Edition, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.edition, self.user = edition, user
        self.instance.edition, self.instance.user = edition, user
        # A category that closes while a person types stays valid here, so that the error names it.
        self.fields["category"].categories = edition.categories.all()
        self.fields["category"].user = user
        # Query the open categories and the free places only for a page that shows them.
        self.fields["category"].choices = cache(
            lambda: [(one.pk, category_label(one)) for one in self.offered_categories]
        )
        if not self.is_bound and len(self.offered_categories) == 1:
            self.fields["category"].initial = self.offered_categories[0].pk
        self.fields["workshops"].queryset = edition.sessions.published()
        self.fields["workshops"].choices = cache(
            lambda: [(one.pk, session_label(one)) for one in self.offered_workshops]
        )
        self.add_questions(edition.questions.all())

    @cached_property
    def offered_categories(self) -> list[Category]:
        return list(
            self.edition.categories.open_to(self.user).annotate(held=ONLINE_HINTS["category"])
        )

    @cached_property
    def offered_workshops(self) -> list[Session]:
        return list(self.edition.sessions.bookable().annotate(held=ONLINE_HINTS["session"]))

    @property
    def layout(self) -> Layout:
        return Layout(
            self.layout_of_person,
            form_section(
                _("Your participation"),
                "category",
                *(["workshops"] if self.offered_workshops else []),
            ),
            *self.layout_of_questions,
            self.layout_of_needs,
            form_section(_("Your data"), "is_listed", *self.notice_of_privacy, "consent"),
        )

    @property
    def notice_of_privacy(self) -> list["SafeHtml"]:
        page = self.edition.privacy_notice
        if page is None:
            return []
        link = format_html('<a href="{}">{}</a>', page.get_absolute_url(), text(page, "title"))
        words = _("Who can see your data, how long we keep it and how to delete it:")
        return [SafeHtml(format_html("<p>{} {}</p>", words, link))]

    @property
    def layout_of_questions(self) -> list[Div]:
        fields = [
            for_categories(asked, name) if (asked := question.categories.all()) else Field(name)
            for name, question in self.questions.items()
        ]
        return [form_section(_("Questions from the organisers"), *fields)] if fields else []

    def clean(self):
        cleaned = super().clean()
        self.check_answers(cleaned.get("category"))
        return cleaned

    def _post_clean(self) -> None:
        """Check the fields of the person, without a query.

        The fields in `CHECKED_CHOICES` have checked their choices themselves; `places.register`
        checks the category under its lock, and PostgreSQL its constraints.
        """
        construct_instance(self, self.instance, self._meta.fields)
        try:
            self.instance.clean_fields(
                exclude={*self._get_validation_exclusions(), *CHECKED_CHOICES}
            )
        except ValidationError as faults:
            self.add_error(None, faults)

    def register(self) -> Registration | None:
        """Register, and return the registration; if refused, add the reason and return None."""
        page = self.edition.privacy_notice
        self.instance.consented_at = timezone.now()
        self.instance.consent_version = f"{page.updated_at:%Y-%m-%dT%H:%M:%SZ}" if page else ""
        chosen = self.cleaned_data["workshops"] if "workshops" in self.data else ()
        try:
            registration, _created = places.register(
                self.instance, sessions=chosen, is_clean=True, then=self.save_answers
            )
        except ValidationError as refused:
            field = FORM_FIELDS.get(getattr(refused, "code", None))
            self.add_error(field if field in self.fields else None, refused.messages)
            return None
        return registration


class ChangeForm(PersonForm):
    """Form with which a person corrects their registration, apart from the category."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        category = self.instance.category
        questions = self.instance.edition.questions.for_category(category)
        self.add_questions(questions.prefetch_related("options", "categories"))
        for name, question in self.questions.items():
            self.fields[name].initial = initial_answer(self.instance, question)
        if certificates.names_are_frozen(self.instance):
            for name in NAME_FIELDS:
                self.fields[name].disabled = True
            self.fields["family_name"].help_text = _(
                "The symposium is over and your name is on a certificate. If it’s wrong, "
                "contact the organisers."
            )

    @property
    def layout(self) -> Layout:
        return Layout(
            self.layout_of_person,
            *(
                [form_section(_("Questions from the organisers"), *self.questions)]
                if self.questions
                else []
            ),
            self.layout_of_needs,
            form_section(_("Your data"), "is_listed"),
        )

    def clean(self):
        cleaned = super().clean()
        self.check_answers(self.instance.category)
        return cleaned

    @transaction.atomic
    def save(self) -> Registration:
        """Save only the fields of the form, since the rest may have changed meanwhile.

        Raise Refused if the registration has ended since the page was opened.
        """
        registration = self.instance
        live = Registration.objects.active().filter(pk=registration.pk)
        if not live.select_for_update(of=("self",), no_key=True).values_list("pk").first():
            raise places.Refused(
                _("Your registration has ended. Nothing was changed."), code="ended"
            )
        registration.save(update_fields=[*self.Meta.fields, "updated_at"])
        registration.answers.filter(question__in=self.questions.values()).delete()
        self.save_answers(registration)
        return registration


def form_section(heading, *fields) -> Div:
    """Return a part of the form with a heading."""
    return Div(SafeHtml(format_html("<h2>{}</h2>", heading)), *fields, css_class="block")


def for_categories(categories, name: str) -> Div:
    """Return the field of a question for some categories; a script shows it to them only.

    Without scripts, a text names the categories.
    """
    names = format_html_join(_(", "), "{}", ([text(one, "name")] for one in categories))
    words = format_html('<p class="muted small mb-1">{} {}</p>', _("Asked only of:"), names)
    numbers = " ".join(str(one.pk) for one in categories)
    return Div(
        SafeHtml(format_html("<noscript>{}</noscript>", words)), name, data_categories=numbers
    )


def category_label(category: Category):
    details = [
        text(category, "description") if category.description else "",
        _("after approval by the organisers") if category.needs_approval else "",
        full_suffix(category),
    ]
    return label_with_details(text(category, "name"), details)


def session_label(session: Session):
    details = [
        session.times() if session.starts_at else "",
        full_suffix(session),
    ]
    return label_with_details(text(session, "title"), details)


def full_suffix(owner: Category | Session) -> str:
    is_full = owner.places is not None and owner.held >= owner.places
    return _("full: waiting list") if is_full else ""


def label_with_details(words, details: list):
    lines = format_html_join(
        "",
        ' <span class="muted small d-block">{}</span>',
        [[detail] for detail in details if detail],
    )
    return format_html("{}{}", words, lines)


def field_for(question: Question) -> forms.Field:
    """Return the field of a question; `check_answers` drops its errors for other categories."""
    # Crispy renders a help text as HTML; this one is text that an organiser typed.
    explanation = conditional_escape(question.help_text)
    asked = {"label": question.label, "help_text": explanation, "required": question.is_required}
    asked["error_messages"] = {"required": _("This answer is required.")}
    options = [(option.pk, option.label) for option in question.options.all()]
    match question.kind:
        case Question.Kind.CHOICE:
            return forms.TypedChoiceField(
                choices=options, coerce=int, empty_value=None, widget=forms.RadioSelect, **asked
            )
        case Question.Kind.CHOICES:
            return forms.TypedMultipleChoiceField(
                choices=options, coerce=int, widget=forms.CheckboxSelectMultiple, **asked
            )
        case Question.Kind.YES_NO:
            yes_or_no = [("yes", _("Yes")), ("no", _("No"))]
            return forms.ChoiceField(choices=yes_or_no, widget=forms.RadioSelect, **asked)
    return forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 2}), **asked)


def answer_rows(registration: Registration, question: Question, given) -> Iterator[Answer]:
    if question.has_options:
        chosen = given if isinstance(given, list) else [given]
        for option in filter(None, chosen):
            yield Answer(registration=registration, question=question, option_id=option)
    elif given:
        yield Answer(registration=registration, question=question, text=given)


def initial_answer(registration: Registration, question: Question):
    """Return the initial value of the field of a question."""
    given = list(registration.answers.filter(question=question))
    if question.kind == Question.Kind.CHOICES:
        return [answer.option_id for answer in given]
    if not given:
        return None
    return given[0].option_id if question.has_options else given[0].text
