"""Input formats of dates and times, shared by the languages."""

# Times as users type them: 9:00, 9h00, 9 h, 9.00. Forms display the first format.
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
