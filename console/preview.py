"""What a person's phone will show of a worker's words."""

from dataclasses import dataclass
from gettext import NullTranslations

from domain.safety.covers import FROM_THE_TEAM, LINES, OPENERS
from domain.safety.safe_contact import SafeContact
from storage.kinds import Discretion


@dataclass(frozen=True, slots=True)
class Preview:
    """In the person's language."""

    #: What stands there before a tap, and what is tapped; None where the words stand openly.
    line: str | None
    opener: str | None
    #: Around the words.
    before: str
    after: str


def preview_for(contact: SafeContact, theirs: NullTranslations) -> Preview:
    before, _, after = theirs.gettext(FROM_THE_TEAM).partition("{words}")
    shown = Discretion.WATCHED if contact.frozen else contact.discretion
    if shown is Discretion.OPEN:
        return Preview(None, None, before, after)
    return Preview(theirs.gettext(LINES[shown]), theirs.gettext(OPENERS[shown]), before, after)
