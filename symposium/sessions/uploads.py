"""Validator of documents, by the name that the first migration imports."""

from symposium.core.uploads import validate_document as validate_document
