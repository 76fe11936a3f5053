"""What was acknowledged must outlive the server that took it."""

from sqlalchemy import text

from storage.sessions import Session

# Of what leaves a trace in the server's log it is the least, and nobody needs a right for it.
_A_LINE = text("SELECT pg_logical_emit_message(true, 'wayhome', '')")


async def reach_standbys(session: Session) -> None:
    """The standbys that a commit waits for will have what was there before, too.

    A commit that waits for them and is given up in the end stands on this server all the same. Who
    then says the same again finds it there and writes nothing, and what writes nothing waits for
    nobody (docs/decisions/0108).
    """
    await session.execute(_A_LINE)
