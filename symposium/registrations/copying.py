"""What the next edition takes from the registration of an earlier one; never a person."""

from django.utils.translation import gettext_lazy as _

from symposium.editions.copying import Copying, Part
from symposium.registrations.models import Category, DocumentText, MailText, Option, Question


def copy_categories(copying: Copying) -> None:
    copying.copy_rows(copying.source.categories.all())


def copy_questions(copying: Copying) -> None:
    """Copy the questions with their answers to choose from.

    A question for some categories needs the copy of one of them: without, everybody would be asked.
    """
    for question in copying.source.questions.prefetch_related("categories", "options"):
        asked = list(question.categories.all())
        twins = [twin for one in asked if (twin := copying.twin_of(one))]
        if asked and not twins:
            continue
        twin = copying.copy_row(question, edition=copying.edition)
        twin.categories.set(twins)
        for option in question.options.all():
            copying.copy_row(option, question=twin)


def copy_mail_texts(copying: Copying) -> None:
    copying.copy_rows(copying.source.mail_texts.all())


def copy_document_texts(copying: Copying) -> None:
    copying.copy_rows(copying.source.document_texts.all())


PARTS = (
    Part("categories", _("Registration categories"), (Category,), copy_categories),
    Part("questions", _("Questions of the registration form"), (Question, Option), copy_questions),
    Part("mail_texts", _("Texts of emails"), (MailText,), copy_mail_texts),
    Part("document_texts", _("Texts of documents"), (DocumentText,), copy_document_texts),
)
