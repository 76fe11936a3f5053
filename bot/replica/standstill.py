"""Processes that stand still with a connection open: frozen, or on a machine that is gone without
a word. What they hold locked must become free for others.

PostgreSQL ends their transactions when they idle, and their replica's connection when it asks
nothing. It knows no limit for a client that has had a statement parsed and never has it carried
out, nor for one that takes no answer: with those, the other replicas make an end.
"""

from datetime import timedelta
from typing import Any

from storage.connections import ANSWERS_WITHIN, APPLICATION

# A replica asks every two seconds. One that did not for so long lets others lead.
SETTINGS = {"application_name": APPLICATION, "idle_session_timeout": "10s"}

# By then a process of ours that lives would have given up by itself.
_PATIENCE = timedelta(seconds=ANSWERS_WITHIN + 5)
_END = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND usename = session_user AND application_name = $1
  AND state = 'active' AND wait_event IN ('ClientRead', 'ClientWrite')
  AND state_change < clock_timestamp() - $2::interval
"""


async def end_standstills(connection: Any) -> int:
    """Ends the connections whose process neither asks on nor takes the answer; how many."""
    return len(await connection.fetch(_END, APPLICATION, _PATIENCE))
