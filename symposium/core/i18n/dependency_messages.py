"""Messages of dependencies, listed here so that makemessages collects them.

The dependencies leave most of them untranslated, and translate a few in other terms than ours. Our
catalogues come before theirs, so `locale/` translates each. No module imports this one. The months
are here because Morocco uses other names than Django's Arabic.
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

# Messages into which Django inserts a noun: our translations use no article or preposition.
GRAMMAR = [
    gettext_noop("Add %s"),
    gettext_noop("Change %s"),
    gettext_noop("View %s"),
    gettext_noop("Select %s"),
    gettext_noop("Select %s to change"),
    gettext_noop("Select %s to view"),
    gettext_noop("Add %(name)s"),
    gettext_noop("Add another %(verbose_name)s"),
    gettext_noop("Add another %(model)s"),
    gettext_noop("Change selected %(model)s"),
    gettext_noop("Delete selected %(model)s"),
    gettext_noop("View selected %(model)s"),
    gettext_noop("Delete selected %(verbose_name_plural)s"),
    gettext_noop("Cannot delete %(name)s"),
    gettext_noop("Successfully deleted %(count)d %(items)s."),
    gettext_noop("The {name} “{obj}” was added successfully."),
    gettext_noop("The {name} “{obj}” was added successfully. You may add another {name} below."),
    gettext_noop("The {name} “{obj}” was changed successfully."),
    gettext_noop("The {name} “{obj}” was changed successfully. You may edit it again below."),
    gettext_noop("The {name} “{obj}” was changed successfully. You may add another {name} below."),
    gettext_noop("You may edit it again below."),
    gettext_noop("The %(name)s “%(obj)s” was deleted successfully."),
    gettext_noop("Added {name} “{object}”."),
    gettext_noop("Changed {fields} for {name} “{object}”."),
    gettext_noop("Deleted {name} “{object}”."),
    ngettext_lazy(
        "%(count)s %(name)s was changed successfully.",
        "%(count)s %(name)s were changed successfully.",
        "count",
    ),
]

# Messages of Django's admin whose French or Arabic translation reads badly.
DESK = [
    gettext_noop("Go"),
    gettext_noop("Run the selected action"),
    gettext_noop("Select all %(total_count)s %(module_name)s"),
    gettext_noop("Click here to select the objects across all pages"),
    gettext_noop("Save and add another"),
    gettext_noop("Save and continue editing"),
    gettext_noop("Delete"),
    gettext_noop("Delete?"),
    gettext_noop("Log in"),
    gettext_noop("Breadcrumbs"),
    gettext_noop("Change password"),
    gettext_noop("Password change"),
    gettext_noop("Change my password"),
    gettext_noop("Show all"),
    gettext_noop("Start typing to filter…"),
    gettext_noop("No, take me back"),
    gettext_noop("Filter"),
    gettext_noop("Clear all filters"),
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

# Messages that allauth translates into French with straight apostrophes.
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

# Django uses these in its default format of a date with a time; our Arabic format does not.
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
