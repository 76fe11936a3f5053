"""How we connect to the database, so that nobody waits for ever."""

from typing import Final

#: What our connections are called in PostgreSQL's list of them.
APPLICATION: Final = "wayhome"
# What a stuck process holds locked becomes free for another one (bot/replica/standstill.py has the
# rest); a query that takes so long, or waits so long for somebody's lock, is given up and asked
# again.
_SERVER_SETTINGS = {
    "application_name": APPLICATION,
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
_CONNECTS_WITHIN = 5
#: How to connect where nobody may wait for ever.
IN_TIME: Final = {
    "server_settings": _SERVER_SETTINGS,
    "timeout": _CONNECTS_WITHIN,
    "command_timeout": ANSWERS_WITHIN,
}
