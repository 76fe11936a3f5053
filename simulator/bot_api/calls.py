"""What the bot has called, for tests to look at. Never holds the token."""

from collections import deque
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from simulator.bot_api.parameters import Parameters
from simulator.wire import Json

KEPT = 10_000
SECRET = frozenset({"secret_token"})


@dataclass
class Call:
    n: int
    method: str
    params: Json
    at: str
    ok: bool = False
    error: str | None = None

    def view(self) -> Json:
        return asdict(self)


@dataclass
class CallLog:
    """Counts from 1 and forgets the oldest."""

    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=KEPT))
    count: int = 0

    def begin(self, method: str, parameters: Parameters, at: datetime) -> Call:
        self.count += 1
        params = {name: _shown(name, parameters) for name in parameters.values}
        for name, upload in parameters.uploads.items():
            params[name] = {"file": upload.name, "size": len(upload.content)}
        call = Call(self.count, method, params, at.isoformat())
        self.calls.append(call)
        return call

    def since(self, n: int) -> list[Call]:
        return [call for call in self.calls if call.n > n]


def _shown(name: str, parameters: Parameters) -> Any:
    return "…" if name in SECRET else parameters.values[name]
