"""What of the directory may stand on a phone that others read, before it is opened there.

A discreet phone never says what happened to somebody; a watched one shows only what anybody might
look for.
"""

from domain.directory.hotlines import Answers, Hotline
from domain.directory.needs import Need, speaks_of
from storage.kinds import Discretion

#: Of these, anybody may see that they were looked for.
_ORDINARY = frozenset(
    {Need.HEALTH, Need.DOCUMENTS, Need.FOOD, Need.LIVELIHOOD, Need.EDUCATION, Need.CASH}
)
# Of lines, that they are for those to whom this was done.
_ABOUT_WHAT_HAPPENED = frozenset({"trafficking", "violence"})


def may_be_looked_for(need: Need | None, discretion: Discretion) -> bool:
    return discretion is not Discretion.WATCHED or need in _ORDINARY


def card_may_stand(card: str, need: Need | None, discretion: Discretion) -> bool:
    """Whether what was looked for, and what was found, may both be seen."""
    if discretion is Discretion.OPEN:
        return True
    return may_be_looked_for(need, discretion) and not speaks_of(Need.ANTI_TRAFFICKING, card)


def need_may_be_named(need: Need, discretion: Discretion) -> bool:
    return discretion is Discretion.OPEN or need is not Need.ANTI_TRAFFICKING


def line_may_stand(line: Hotline, discretion: Discretion) -> bool:
    """Anybody may look up an emergency number."""
    return discretion is not Discretion.WATCHED or line.answers is Answers.EMERGENCY


def line_may_be_named(line: Hotline, discretion: Discretion) -> bool:
    return discretion is Discretion.OPEN or line.about not in _ABOUT_WHAT_HAPPENED
