"""Why a colleague, or another organisation, says no to what they were asked."""

from domain.errors import Refused

_LONGEST_REASON = 500


def ensure_says_why(reason: str) -> None:
    """Whoever asked reads it. Raises Refused."""
    if not reason.strip():
        raise Refused("Say why, so that they can look elsewhere.")
    if len(reason) > _LONGEST_REASON:
        raise Refused("Say it in fewer words.")
