"""How we connect to the database, so that nobody waits for ever."""

from contextlib import suppress
from time import monotonic
from typing import Any, Final

import asyncpg

#: What our connections are called in PostgreSQL's list of them.
APPLICATION: Final = "wayhome"
# What a stuck process holds locked becomes free for another one (bot/replica/standstill.py has the
# rest); a query that takes so long, or waits so long for somebody's lock, is given up and asked
# again.
_SERVER_SETTINGS = {
    "application_name": APPLICATION,
    # What waits for a lock sees what its holder did.
    "default_transaction_isolation": "read committed",
    "idle_in_transaction_session_timeout": "15s",
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    # Telegram forgets what we said that we have: it must be written down by then, also where
    # whoever runs the server wanted it faster.
    "synchronous_commit": "on",
    # Some connections rest for hours (the last used is taken first): no firewall forgets them.
    "tcp_keepalives_idle": "60s",
}
#: Seconds. A database that takes connections and answers nothing is away, too.
ANSWERS_WITHIN: Final = 35
_CONNECTS_WITHIN, _AT_LEISURE = 5, 60
# Away, starting, full, reading only, or of a name that nobody can have.
_NOT_THIS_ONE = (OSError, asyncpg.PostgresError, asyncpg.InternalClientError, UnicodeError)


async def connect(*, host: Any = None, port: Any = None, **how: Any) -> Any:
    """As the driver does it. Of several hosts to the first that can be written to.

    Each has its share of the time that is left: the driver would spend all of it on one that is
    gone without a word, as a server whose power is cut, and ask no other.
    """
    if not isinstance(host, list):
        return await asyncpg.connect(host=host, port=port, **how)
    over_at = monotonic() + how.pop("timeout", _AT_LEISURE)
    how["target_session_attrs"] = "read-write"
    *others, last = ({"host": each, "port": its} for each, its in zip(host, port, strict=True))
    for asked, place in enumerate(others):
        share = (over_at - monotonic()) / (len(host) - asked)
        with suppress(*_NOT_THIS_ONE):
            return await asyncpg.connect(**place, **how, timeout=share)
    try:
        return await asyncpg.connect(**last, **how, timeout=over_at - monotonic())
    except UnicodeError as error:
        raise OSError("no host can have this name") from error


#: How to connect where nobody may wait for ever.
IN_TIME: Final = {
    "async_creator_fn": connect,
    "server_settings": _SERVER_SETTINGS,
    "timeout": _CONNECTS_WITHIN,
    "command_timeout": ANSWERS_WITHIN,
}
