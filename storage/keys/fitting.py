"""Whether keys and a database belong together."""

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from storage.keys.keyring import KeyMissing, Keyring
from storage.tables.service import KeyEpoch, KeyInUse

Database = AsyncConnection | AsyncSession


class KeysStrange(Exception):
    """Not one of the keys is a key of this database."""


async def keys_of(database: Database, keys: Keyring) -> Keyring:
    """Those of the keys that the database is written with; it must be entered in a way that shows
    them. A new one takes whatever keys there are.

    One that is announced need not be there yet, and may be another one: nothing is written with
    it. Raises KeysStrange, or KeyMissing where only the newest or an older one is missing.
    """
    ours = keys.fingerprints()
    in_use = select(KeyInUse.number, KeyInUse.fingerprint, KeyInUse.oldest)
    used = (await database.execute(in_use)).one_or_none()
    found = await database.execute(select(KeyEpoch.number, KeyEpoch.fingerprint))
    theirs = {
        row.number: row.fingerprint for row in found if used is None or row.number <= used.number
    }
    if any(ours.get(number, theirs[number]) != theirs[number] for number in theirs):
        raise KeysStrange
    if used is None:
        return keys
    try:
        return keys.since(used.oldest, used.fingerprint)
    except KeyMissing:
        if not ours.keys() & theirs.keys():
            raise KeysStrange from None
        raise


async def remember_keys(connection: AsyncConnection, keys: Keyring) -> None:
    """At the first meeting. Of two who meet it at once, one is remembered."""
    if await connection.scalar(select(func.count()).select_from(KeyInUse)):
        return
    epochs = [
        {"number": number, "fingerprint": fingerprint, "created_at": func.now()}
        for number, fingerprint in keys.fingerprints().items()
    ]
    await connection.execute(insert(KeyEpoch).values(epochs).on_conflict_do_nothing())
    used = {"number": keys.current, "fingerprint": keys.fingerprint, "oldest": keys.oldest}
    await connection.execute(insert(KeyInUse).values(used).on_conflict_do_nothing())
