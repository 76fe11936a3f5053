"""The key of a person, under which all their words lie."""

from uuid import UUID

from sqlalchemy import select

from storage.keys.keyring import DataKey, Keyring, SealError
from storage.sessions import Session
from storage.tables.returnees import Returnee, WrappedKey


async def data_key(session: Session, returnee_id: UUID) -> DataKey:
    """The key under which this person's words lie."""
    wrapped = wrapped_keys(session).get(returnee_id)
    if wrapped is None:
        wrapped = await session.scalar(
            select(WrappedKey.wrapped)
            .join(Returnee, Returnee.data_key_id == WrappedKey.id)
            .where(Returnee.id == returnee_id)
        )
    return open_data_key(session.keys, wrapped)


def open_data_key(keys: Keyring, wrapped: bytes | None) -> DataKey:
    if wrapped is None:
        raise LookupError("this person's words are gone or not yours to read")
    return keys.unwrap(wrapped)


async def data_key_or_another(session: Session, returnee_id: UUID) -> DataKey:
    """The same. Where it is lost, one that opens nothing: what is not sealed with it is there all
    the same.
    """
    try:
        return await data_key(session, returnee_id)
    except SealError:
        lost, _ = session.keys.new_data_key()
        return lost


def wrapped_keys(session: Session) -> dict[UUID, bytes]:
    """Those that are at hand, by the ids of their people."""
    wrapped: dict[UUID, bytes] = session.info.setdefault("data keys", {})
    return wrapped
