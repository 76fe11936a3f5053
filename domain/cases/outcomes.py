"""What ways for a case to end are called, in the console and in Telegram."""

from domain.marks import N_
from storage.kinds import Outcome

OUTCOMES = {
    Outcome.HELPED: N_("They got the help they asked for"),
    Outcome.REFERRED: N_("Somebody else took over"),
    Outcome.NO_HELP_WANTED: N_("They want no help"),
    Outcome.NOT_REACHED: N_("They could not be reached"),
    Outcome.MISTAKEN: N_("It was a misunderstanding"),
}
