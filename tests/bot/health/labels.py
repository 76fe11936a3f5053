"""The values that labels of metrics take."""

from bot.clockwork.ticks import TICKS
from bot.metrics.metrics import ASKS
from storage.kinds import Severity
from tests.bot.log_lines import actions

# Every label, and every value that it can ever have.
LABELS = {
    "outcome": {
        *("handled", "failed", "set-aside"),
        *("sent", "postponed", "cancelled"),
        *("done", "waited"),
    },
    "tick": {tick.name for tick in TICKS},
    "queue": {"inbox", "set-aside", "outbox", "held", "check-ins"},
    "severity": {*Severity, ASKS},
    "quantile": {"0.5", "0.95"},
    "action": actions(),
}
