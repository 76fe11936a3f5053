"""Telegram's rate limits, off until they are set."""

import math
import time
from dataclasses import dataclass, field

from simulator.errors import too_many_requests


@dataclass
class Bucket:
    """Lets `rate` calls a second through, and `burst` at once."""

    rate: float
    burst: float = 1.0
    tokens: float = 1.0
    filled_at: float = field(default_factory=time.monotonic)

    def seconds_to_wait(self) -> float:
        now = time.monotonic()
        self.tokens = min(self.burst, self.tokens + (now - self.filled_at) * self.rate)
        self.filled_at = now
        return max(0.0, (1 - self.tokens) / self.rate)


@dataclass
class RateLimits:
    """Messages a second; None: no limit."""

    per_chat: float | None = None
    overall: float | None = None
    _buckets: dict[int | None, Bucket] = field(default_factory=dict)

    def change(self, *, per_chat: float | None, overall: float | None) -> None:
        self.per_chat, self.overall = per_chat, overall
        self._buckets.clear()

    def count(self, chat_id: int) -> None:
        """One more message to this chat; ApiError 429 where it is too soon for it."""
        buckets = [*self._bucket(chat_id, self.per_chat), *self._bucket(None, self.overall)]
        wait = max((bucket.seconds_to_wait() for bucket in buckets), default=0.0)
        if wait > 0:
            raise too_many_requests(math.ceil(wait))
        for bucket in buckets:
            bucket.tokens -= 1

    def _bucket(self, key: int | None, rate: float | None) -> list[Bucket]:
        if rate is None:
            return []
        burst = max(1.0, rate)
        return [self._buckets.setdefault(key, Bucket(rate, burst, burst))]
