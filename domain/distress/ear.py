from collections.abc import Sequence
from typing import Protocol

from domain.distress.assessment import Assessment
from domain.distress.own import Own


class Ear(Protocol):
    """Whoever judges messages: the watch, here or elsewhere."""

    async def hear(
        self, text: str, recent: Sequence[str] = (), own: Own | None = None
    ) -> Assessment:
        """As `Watch.assess`."""
        raise NotImplementedError
