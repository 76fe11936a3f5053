"""The hours that can be chosen with one tap; the default is the first that a person has."""

from datetime import time

from domain.marks import N_
from domain.safety import Window

HOURS = {
    "day": Window(),
    "any": Window(opens=time(0), closes=time(0)),
    "morning": Window(opens=time(8), closes=time(12)),
    "afternoon": Window(opens=time(12), closes=time(17)),
    "evening": Window(opens=time(17), closes=time(21)),
}
NAMES = {
    "day": N_("By day, 9 to 20"),
    "any": N_("Any time"),
    "morning": N_("Mornings, 8 to 12"),
    "afternoon": N_("Afternoons, 12 to 17"),
    "evening": N_("Evenings, 17 to 21"),
}
