"""French: Django's own, with what people type besides."""

from config.formats import DATES, TIMES

DATE_INPUT_FORMATS = [*DATES, "%Y-%m-%d"]
TIME_INPUT_FORMATS = TIMES
