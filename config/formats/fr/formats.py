"""French: Django's formats, with more input formats."""

from config.formats import DATES, TIMES

DATE_INPUT_FORMATS = [*DATES, "%Y-%m-%d"]
TIME_INPUT_FORMATS = TIMES
