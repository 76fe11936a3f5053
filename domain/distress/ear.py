"""Whoever judges messages, in this process or in one of its own."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from domain.distress.assessment import Assessment
from domain.distress.own import Own

#: To be called by whoever needs the verdict; who does not need it any more leaves it.
Later = Callable[[], Awaitable[Assessment]]


class Said(NamedTuple):
    """A message to be judged: as `Watch.assess` takes it."""

    text: str
    recent: tuple[str, ...] = ()
    own: Own | None = None


class Ear(Protocol):
    """Whoever judges messages: the watch, here or elsewhere."""

    async def hear(
        self, text: str, recent: Sequence[str] = (), own: Own | None = None
    ) -> Assessment:
        """As `Watch.assess`."""
        raise NotImplementedError

    def begin(self, said: Sequence[Said]) -> Mapping[Said, Later]:
        """All of these will be asked for: what can be begun with at once, as somebody else's work,
        is in the answer. Whatever is not must be heard when its turn comes.
        """
        raise NotImplementedError
