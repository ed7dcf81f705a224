"""How dates and times are written, and typed, in each language."""

# As people type them: 9:00, 9h00, 9 h, 9.00. The first is how a form shows one.
TIMES = [
    "%H:%M:%S",
    "%H:%M:%S.%f",
    "%H:%M",
    "%Hh%M",
    "%Hh %M",
    "%H h%M",
    "%H h %M",
    "%Hh",
    "%H h",
    "%H.%M",
]
# The day comes before the month.
DATES = ["%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y", "%d-%m-%Y"]
