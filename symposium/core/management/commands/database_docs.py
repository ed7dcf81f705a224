"""Write docs/database.md: the rules that the database enforces, by table."""

import inspect
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.models import BaseConstraint
from django.utils import translation
from django.utils.text import capfirst

FILE = settings.BASE_DIR / "docs" / "database.md"
HEAD = """# The rules that the database keeps

A rule stands beside its model: constraints in `Meta.constraints`, row triggers in `Meta.triggers`,
what Django cannot declare in `symposium/<app>/sql/`. Keys, types and `NOT NULL` are those of the
models. The sentence of a constraint is what a person is told whom it stops.

`manage.py database_docs` writes this page from a migrated database, and a test compares it.
"""
# Names of the constraints that Django makes from a field end like these.
OF_FIELDS = re.compile(r"_(pkey|key|not_null|check|fk_[a-z_0-9]*|uniq)$|_fk$")
KINDS = {"c": "check", "f": "foreign key", "u": "unique", "x": "exclusion"}
CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, contype, condeferred,
       obj_description(oid, 'pg_constraint')
FROM pg_constraint WHERE contype = ANY (%s) AND conrelid::regclass::text LIKE 'symposium\\_%%'
UNION ALL
SELECT indrelid::regclass::text, relname, 'u', false, NULL
FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE indisunique AND indrelid::regclass::text LIKE 'symposium\\_%%'
AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
ORDER BY 1, 2
"""
TRIGGERS = r"""
SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(pg_trigger.oid),
       obj_description(tgfoid, 'pg_proc')
FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2
"""
TABLES = r"""
SELECT oid::regclass::text, obj_description(oid, 'pg_class')
FROM pg_class WHERE relkind = 'r' AND oid::regclass::text LIKE 'symposium\_%'
"""
MOMENT = re.compile(
    r"CREATE (?:CONSTRAINT )?TRIGGER \S+ (BEFORE|AFTER) (.+?) ON .*?(INITIALLY DEFERRED)?"
    r"(?: REFERENCING .*?)? FOR EACH (ROW|STATEMENT)"
)


class Rule(NamedTuple):
    table: str
    name: str
    kind: str
    sentence: str


class Command(BaseCommand):
    help = "Write docs/database.md from the database, which has to be migrated."

    def handle(self, *args, **options):
        FILE.write_text(text())
        self.stdout.write(f"{FILE} is written")


def text() -> str:
    """Return the page; raise LookupError for a rule without a sentence."""
    with translation.override(None):
        rules = sorted([*constraints(), *triggers()], key=lambda rule: rule.table)
        tables = dict(rows(TABLES))
        return HEAD + "".join(
            section(title(table, tables), group)
            for table, group in groupby(rules, key=lambda rule: rule.table)
        )


def section(heading: str, rules: Iterable[Rule]) -> str:
    lines = [f"| `{rule.name}` | {rule.kind} | {rule.sentence} |\n" for rule in rules]
    return f"\n## {heading}\n\n| rule | what | what it keeps |\n|---|---|---|\n{''.join(lines)}"


def title(table: str, tables: dict[str, str | None]) -> str:
    models = {model._meta.db_table: model for model in apps.get_models()}
    if table in models:
        return f"{capfirst(models[table]._meta.verbose_name)} (`{table}`)"
    return f"`{table}`: {said(tables[table], table)}"


def constraints() -> Iterator[Rule]:
    declared = {
        constraint.name: constraint
        for model in apps.get_models()
        for constraint in model._meta.constraints
    }
    for table, name, kind, is_deferred, comment in rows(CONSTRAINTS, [list(KINDS)]):
        if name in declared:
            comment = sentence_of(declared[name])
        elif not comment and OF_FIELDS.search(name):
            continue
        moment = f"{KINDS[kind]}, at the commit" if is_deferred else KINDS[kind]
        yield Rule(table, name, moment, said(comment, name))


def sentence_of(constraint: BaseConstraint) -> str:
    """Return the message of a constraint; one without a message is the target of foreign keys."""
    message = str(constraint.violation_error_message)
    if constraint.violation_error_message == BaseConstraint.default_violation_error_message:
        return "Foreign keys of other tables refer to these columns together."
    return message


def triggers() -> Iterator[Rule]:
    """Yield one rule for each trigger function of a table, with the events that call it."""
    declared = {trigger.get_pgid(model): trigger for model, trigger in pgtrigger.registered()}
    found: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for table, name, definition, comment in rows(TRIGGERS):
        when, events, deferred, each = MOMENT.match(definition).groups()
        short = re.sub(r"_(insert|update|delete|truncate)$", "", name)
        if name in declared:
            comment, short = first_paragraph(declared[name]), declared[name].name
        key = (table, short, said(comment, name))
        found.setdefault(key, []).append((events.lower(), timing(when, each, deferred)))
    for (table, name, sentence), moments in found.items():
        events = ", ".join(events.replace(" or ", ", ") for events, _moment in moments)
        yield Rule(table, name, moments[0][1].format(events=events), sentence)


def timing(when: str, each: str, deferred: str | None) -> str:
    by = "" if each == "ROW" else ", once a statement"
    return f"{when.lower()} {{events}}{by}{', at the commit' if deferred else ''}"


def first_paragraph(trigger: pgtrigger.Trigger) -> str:
    return " ".join(inspect.getdoc(type(trigger)).partition("\n\n")[0].split())


def said(sentence: str | None, name: str) -> str:
    if not sentence:
        raise LookupError(f"{name} has no sentence that says what it keeps")
    return sentence


def rows(sql: str, params: list | None = None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
