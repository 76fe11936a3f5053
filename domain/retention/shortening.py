"""The beginning of the audit ledger goes once it was kept long enough, and leaves an anchor.

That is the last seal that went: the chain is checked from there on. Only what is whole is taken
away, and that it was stands in the ledger.
"""

from sqlalchemy import func, select

from domain import audit
from domain.audit.chain import (
    SHORTENED,
    begins,
    fault_of,
    first_without_a_seal,
    last_seal,
    sealed_lines,
)
from domain.retention_periods import Kind, period
from storage.batches import at_most
from storage.sessions import Session
from storage.tables.organisations import Organisation

_MOST = 1000


async def shorten(session: Session, organisation: Organisation) -> int:
    """The tick's step: how many lines went. Needs the service's scope."""
    kept_since = session.now - period(organisation.settings, Kind.AUDIT)
    position, before, number = await begins(session, organisation.id)
    some = False
    for row in await session.execute(sealed_lines(organisation.id).limit(at_most(_MOST))):
        if fault_of(row, position, before, number) is not None:
            # Whoever looks into it needs what is there.
            return 0
        if row.at >= kept_since:
            break
        position, before, number = row.position, row.hash, row.sealed
        some = True
    # The head stays, and what is older than a line that was slipped in.
    if not some or position == (await last_seal(session, organisation.id))[0]:
        return 0
    if await first_without_a_seal(session, organisation.id, number) is not None:
        return 0
    gone = await session.scalar(
        select(func.wayhome_shorten_audit(organisation.id, position, before))
    )
    if gone:
        audit.record(session, organisation.id, SHORTENED, through=position, count=gone)
    return gone or 0
