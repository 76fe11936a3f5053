"""The key of a person, under which all their words lie."""

from uuid import UUID

from sqlalchemy import select

from domain.illegible import ILLEGIBLE, if_legible, legible
from storage.keys.keyring import DataKey, Keyring
from storage.sessions import Session
from storage.tables.returnees import Returnee, WrappedKey


async def data_key(session: Session, returnee_id: UUID) -> DataKey:
    """The key under which this person's words lie, opened once in a transaction: whoever writes is
    found, and what they say kept, by it.
    """
    wrapped = wrapped_keys(session).get(returnee_id)
    if wrapped is None:
        wrapped = await session.scalar(
            select(WrappedKey.wrapped)
            .join(Returnee, Returnee.data_key_id == WrappedKey.id)
            .where(Returnee.id == returnee_id)
        )
    opened: dict[bytes | None, DataKey] = session.info.setdefault("opened data keys", {})
    if wrapped not in opened:
        opened[wrapped] = open_data_key(session.keys, wrapped)
    return opened[wrapped]


def open_data_key(keys: Keyring, wrapped: bytes | None) -> DataKey:
    if wrapped is None:
        raise LookupError("this person's words are gone or not yours to read")
    return keys.unwrap(wrapped)


async def legible_of(session: Session, returnee_id: UUID, sealed: bytes, context: str) -> str:
    """What lies under this person's key; ILLEGIBLE where no key opens it."""
    key = await if_legible(data_key(session, returnee_id))
    return legible(key, sealed, context) if key else ILLEGIBLE


def wrapped_keys(session: Session) -> dict[UUID, bytes]:
    """Those that are at hand, by the ids of their people."""
    wrapped: dict[UUID, bytes] = session.info.setdefault("data keys", {})
    return wrapped
