"""Texts of our dependencies that they leave in English, named here so that makemessages
gathers them; and a few that they translate by another word than ours.

Our catalogues come before theirs, so each is translated in `locale/`; nothing imports this module.
The months are here because Moroccans do not name them as Django's Arabic does.
"""

from django.utils.translation import gettext_noop, ngettext_lazy, pgettext_lazy

EXPORT = [
    gettext_noop("Resource"),
    gettext_noop("Select all"),
    gettext_noop("This exporter will export the following fields: "),
    gettext_noop('Select at least 1 field for "%(resource_name)s" to export'),
    gettext_noop("export failed due to IllegalCharacterError"),
    ngettext_lazy("Export %(len)s selected item.", "Export %(len)s selected items.", "len"),
]

HISTORY = [
    gettext_noop("Changes"),
    gettext_noop("Deleted %(type_name)s"),
]

SORTING = [
    gettext_noop("Sort"),
    gettext_noop("Move to first position"),
    gettext_noop("Move to last position"),
    gettext_noop("Move selected to first page"),
    gettext_noop("Move selected to last page"),
    gettext_noop("Move selected to specific page"),
    gettext_noop("Move selected ... pages back"),
    gettext_noop("Move selected ... pages forward"),
]

DJANGO = [
    gettext_noop("Email"),
    gettext_noop("email address"),
    gettext_noop("Constraint “%(name)s” is violated."),
    gettext_noop("%(model)s instance with %(field)s %(value)r is not a valid choice."),
    ngettext_lazy(
        "Please submit at most %(num)d form.",
        "Please submit at most %(num)d forms.",
        "num",
    ),
    ngettext_lazy(
        "Please submit at least %(num)d form.",
        "Please submit at least %(num)d forms.",
        "num",
    ),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
]

SIGNING_IN = [
    gettext_noop("Too many failed login attempts. Try again later."),
    gettext_noop("Be patient, you are sending too many requests."),
    gettext_noop("Incorrect code."),
    gettext_noop("Use your password"),
    gettext_noop("Send me a sign-in code"),
]

# French that allauth has with straight apostrophes.
ACCOUNTS = [
    gettext_noop("Bad Token"),
    gettext_noop("Confirm Access"),
    gettext_noop("Please type your current password."),
    gettext_noop("The new value must be different from the current one."),
]

MONTHS = [
    gettext_noop("January"),
    gettext_noop("February"),
    gettext_noop("March"),
    gettext_noop("April"),
    gettext_noop("May"),
    gettext_noop("June"),
    gettext_noop("July"),
    gettext_noop("August"),
    gettext_noop("September"),
    gettext_noop("October"),
    gettext_noop("November"),
    gettext_noop("December"),
]

# Django writes a date with its time so, unless a language says otherwise; Arabic does not.
SHORT_MONTHS = [
    pgettext_lazy("abbrev. month", "Jan."),
    pgettext_lazy("abbrev. month", "Feb."),
    pgettext_lazy("abbrev. month", "March"),
    pgettext_lazy("abbrev. month", "April"),
    pgettext_lazy("abbrev. month", "May"),
    pgettext_lazy("abbrev. month", "June"),
    pgettext_lazy("abbrev. month", "July"),
    pgettext_lazy("abbrev. month", "Aug."),
    pgettext_lazy("abbrev. month", "Sept."),
    pgettext_lazy("abbrev. month", "Oct."),
    pgettext_lazy("abbrev. month", "Nov."),
    pgettext_lazy("abbrev. month", "Dec."),
]
