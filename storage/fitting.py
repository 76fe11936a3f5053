"""Whether keys and a database belong together."""

from hmac import compare_digest

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from storage.keys import Keyring
from storage.service import KeyEpoch


async def keys_fit(database: AsyncConnection | AsyncSession, keys: Keyring) -> bool:
    """Whether the keys are those that the database remembers, by their fingerprints; it must be
    entered in a way that shows them. A new one remembers none.
    """
    ours = keys.fingerprints()
    theirs = await database.execute(select(KeyEpoch.number, KeyEpoch.fingerprint))
    return all(compare_digest(ours.get(number, b""), fingerprint) for number, fingerprint in theirs)
