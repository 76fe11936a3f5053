"""What somebody can choose to be done when they don't answer, in the three forms."""

from domain.marks import N_
from storage.kinds import SilencePlan

PLANS: dict[SilencePlan, tuple[str, str, str]] = {
    SilencePlan.NOTHING: (N_("Do nothing"), N_("Nothing"), N_("Nothing")),
    SilencePlan.WRITE_ONCE: (N_("Write to me once"), N_("Write once"), N_("One message")),
    SilencePlan.OTHER: (N_("Contact the one I named"), N_("The one I named"), N_("The other")),
}
