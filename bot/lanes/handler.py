"""What the lanes do with an update; bot/lanes/handling.py is the real one."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from storage.sessions import Session

Update = Mapping[str, Any]
AfterCommit = Callable[[], Awaitable[None]]


class Handler:
    async def prepare(self, session: Session, updates: Sequence[Update]) -> None:
        """Asks the database once what each of them would ask, to save time."""

    async def look_ahead(self, session: Session, updates: Sequence[Update]) -> None:
        """Begins with what `look` will want to know of each of these, to save more."""

    async def look(self, session: Session, update: Update) -> bool:
        """Looks for distress. True when something was found that must be kept at once."""
        raise NotImplementedError

    async def handle(self, session: Session, update: Update, *, found: bool) -> AfterCommit:
        """Everything else; what it returns is done after commit, best effort.

        `found`: what `look` found in it is committed already.
        """
        raise NotImplementedError

    async def finish(self, session: Session) -> None:
        """Before the commit: writes down what was put off until all are handled."""

    async def give_up(
        self, session: Session, update: Update, *, watched: bool, deadly: bool
    ) -> None:
        """It failed every time, and a human should see to it.

        `watched`: but `look` did not. `deadly`: whatever was tried, the process did not survive it.
        """
        raise NotImplementedError
