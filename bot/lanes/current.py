"""The transaction that an update is handled in, for the parts that aiogram calls without it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from storage.sessions import Session


class Current:
    def __init__(self) -> None:
        self._session: ContextVar[Session] = ContextVar("session")

    @property
    def session(self) -> Session:
        return self._session.get()

    @contextmanager
    def within(self, session: Session) -> Iterator[None]:
        token = self._session.set(session)
        try:
            yield
        finally:
            self._session.reset(token)
