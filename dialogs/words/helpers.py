"""By whom somebody can wish to be helped."""

from domain.marks import N_
from storage.kinds import Gender

HELPERS = {Gender.WOMAN: N_("A woman"), Gender.MAN: N_("A man")}
