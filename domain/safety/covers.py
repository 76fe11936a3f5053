"""What stands on a phone before, and around, the words that a message holds."""

from domain.marks import N_
from storage.kinds import Discretion

#: On a phone that others may read, until somebody opens it. On an open one nothing is covered.
LINES = {
    Discretion.OPEN: N_("There is a message for you."),
    Discretion.DISCREET: N_("There is something for you to read."),
    Discretion.WATCHED: N_("Hello. There is something new to see."),
}
OPENERS = {
    Discretion.OPEN: N_("Open"),
    Discretion.DISCREET: N_("Open"),
    Discretion.WATCHED: N_("See"),
}
FROM_THE_TEAM = N_("✉️ A person from our team:\n\n{words}")
