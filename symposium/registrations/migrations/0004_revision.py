from django.db import migrations

# What a published page is made of. The last app of the house knows all these tables.
PUBLIC = [
    "symposium_editions_edition",
    "symposium_editions_page",
    "symposium_editions_partner",
    "symposium_speakers_speaker",
    "symposium_speakers_link",
    "symposium_sessions_track",
    "symposium_sessions_room",
    "symposium_sessions_session",
    "symposium_sessions_participation",
    "symposium_sessions_resource",
    "symposium_abstracts_keyword",
    "symposium_abstracts_abstract",
    "symposium_abstracts_abstractkeyword",
    "symposium_abstracts_author",
]

# One row, one number. It moves once a transaction, and only as the transaction commits: until then
# nobody waits for it, so that it takes no part in a deadlock. Read after a commit, it is that
# commit's; read before, the page made of what was there before is out of date at once.
REVISION = """
CREATE TABLE symposium_revision (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    number bigint NOT NULL
);
INSERT INTO symposium_revision (number) VALUES (1);
CREATE FUNCTION symposium_move_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('symposium.moved', true) IS DISTINCT FROM txid_current()::text THEN
        UPDATE symposium_revision SET number = number + 1;
        PERFORM set_config('symposium.moved', txid_current()::text, true);
    END IF;
    RETURN NULL;
END
$$;
"""


def triggers() -> str:
    return "".join(
        f"CREATE CONSTRAINT TRIGGER revision AFTER INSERT OR UPDATE OR DELETE ON {table} "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION symposium_move_revision();"
        for table in PUBLIC
    )


def no_triggers() -> str:
    return "".join(f"DROP TRIGGER revision ON {table};" for table in PUBLIC)


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_registrations", "0003_erased_without_account"),
        ("symposium_abstracts", "0003_hold_texts_and_addresses"),
        ("symposium_editions", "0004_offer_hours"),
    ]
    operations = [
        migrations.RunSQL(
            REVISION, "DROP FUNCTION symposium_move_revision(); DROP TABLE symposium_revision"
        ),
        migrations.RunSQL(triggers(), no_triggers()),
    ]
