"""Trigger that keeps each published text of an abstract as a version."""

import pgtrigger


class KeepVersions(pgtrigger.Trigger):
    """Refuse to change a version that another one follows: it is what readers have cited."""

    name = "keep_versions"
    when = pgtrigger.Before
    operation = pgtrigger.Update
    func = """
    IF EXISTS (
        SELECT FROM symposium_abstracts_version
        WHERE abstract_id = OLD.abstract_id AND number > OLD.number
    ) THEN
        RAISE EXCEPTION 'version % is kept as it was published', OLD.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'versions_stay_as_published';
    END IF;
    RETURN NEW;
    """
