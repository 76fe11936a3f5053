"""Making Telegram fail, on purpose."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Literal, get_args

from simulator.wire import Json

Mode = Literal[
    "none",
    "429",
    "500",
    "502",
    "no_reason",
    "latin1",
    "bad_json",
    "hang",
    "reset_before",
    "accept_then_reset",
]
MODES: tuple[Mode, ...] = get_args(Mode)


@dataclass
class Failure:
    """Which calls fail, and how. Without methods or a chat: all of them."""

    mode: Mode = "none"
    methods: list[str] = field(default_factory=list)
    chat_id: int | None = None
    #: How many more calls fail; None: until told otherwise.
    count: int | None = None
    retry_after: int = 1
    probability: float = 1.0
    #: After how long a hanging call is cut; None: not before the caller has had enough.
    seconds: float | None = None

    def concerns(self, method: str, chat_id: str) -> bool:
        return (
            self.mode != "none"
            and self.count != 0
            and (not self.methods or method.lower() in map(str.lower, self.methods))
            and (self.chat_id is None or str(self.chat_id) == chat_id)
        )

    def view(self) -> Json:
        return asdict(self)


class Failures:
    def __init__(self, chance: Callable[[], float] | None = None) -> None:
        self.current = Failure()
        #: How many calls have failed in each way.
        self.struck: Counter[Mode] = Counter()
        self._chance = chance or random.SystemRandom().random

    def next_mode(self, method: str, chat_id: str) -> Mode:
        """How this call is to fail, if at all; counts it."""
        failure = self.current
        if not failure.concerns(method, chat_id) or self._chance() >= failure.probability:
            return "none"
        if failure.count is not None:
            failure.count -= 1
        self.struck[failure.mode] += 1
        return failure.mode
