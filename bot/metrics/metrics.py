"""What the operator can see from outside: counts and ages, nothing about anybody (P8).

Every label has a few values that are known beforehand; nothing is grouped by organisation. What
each metric means and what to do about it: docs/operations.md.
"""

import math

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info

from bot.metrics.measures import Measures

# deploy/prometheus/alerts.yml waits for more of these: a counter that begins at one has not grown.
_ALARMING = (
    "lanes.lost",
    "alerts.failed",
    "alerts.address",
    "complaints.failed",
    "referrals.alerts-failed",
    "erasure.failed",
    "job.failed",
    "tick.failed",
    "clock.back",
    "intake.conflict",
    "intake.refused",
    "intake.unreached",
    "intake.wait",
    "greet.wait",
)
#: Beside the severities: it was unsure, and the person is asked.
ASKS = "ask"
_LATENESS = (10, 30, 60, 300, 900, 3600, 6 * 3600, 24 * 3600)


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._count_what_happens()
        self._show_what_waits()
        self._show_this_process()

    def _count_what_happens(self) -> None:
        self.updates = self._counter("updates", "Updates from Telegram by outcome", "outcome")
        self.sends = self._counter("sends", "Messages to Telegram by outcome", "outcome")
        self.ticks = self._counter(
            "ticks", "Ticks of the clock by name and outcome", "tick", "outcome"
        )
        self.log_lines = self._counter("log_lines", "Lines of the log by action", "action")
        for alarming in _ALARMING:
            self.log_lines.labels(alarming)
        self.watched = self._counter(
            "messages_watched", "Private messages in which distress was looked for"
        )
        self.signals = self._counter(
            "signals", "Messages in which the watch found something, or asks", "severity"
        )
        self.lateness = Histogram(
            "wayhome_check_in_lateness_seconds",
            "How long after it was due a check-in was taken by Telegram",
            buckets=_LATENESS,
            registry=self.registry,
        )

    def _show_what_waits(self) -> None:
        """From the database, so all replicas say the same."""
        self.waiting = self._gauge("waiting", "Rows that wait to be handled or sent", "queue")
        self.oldest = self._gauge(
            "oldest_seconds", "How long the oldest of them has waited", "queue"
        )
        self.open_cases = self._gauge("open_cases", "Unresolved cases", "severity")
        self.overdue_cases = self._gauge(
            "overdue_cases", "Cases past their deadline that no human has acted on", "severity"
        )
        self.first_action = self._gauge(
            "first_action_seconds",
            "From the cry to the first human action, over the last seven days",
            "severity",
            "quantile",
        )
        self.telegram_closed = self._gauge(
            "telegram_closed_seconds", "How long Telegram still wants nothing from us"
        )
        self.unsaved = self._gauge(
            "backup_age_seconds", "Since the newest backup, or the first day without any"
        )
        self.unplanned = self._gauge(
            "people_without_next_check_in", "Who can be reached and has no check-in to come"
        )
        self.overdue_tasks = self._gauge(
            "overdue_tasks", "Tasks of pathways past their time that nobody has done"
        )
        self.failing_channels = self._gauge(
            "failing_channels", "Channels for alerts of which staff were told that they fail"
        )

    def _show_this_process(self) -> None:
        self.build = Info("wayhome_build", "What runs here", registry=self.registry)
        self.tick_age = self._gauge(
            "tick_age_seconds", "Since the tick last ended well in this process", "tick"
        )
        self.leads = self._gauge("leads", "1 in the process that may ask Telegram for updates")
        self.database_up = self._gauge(
            "database_up", "1 when the database answered this process in time"
        )
        self.connections = self._gauge("database_connections", "Connections that are in use")
        self.most_connections = self._gauge(
            "database_connections_most", "Connections that may be in use"
        )
        self.per_hundred = self._gauge(
            "signals_per_hundred_messages", "Signals per hundred messages since this process began"
        )
        self.per_hundred.set_function(self._signals_per_hundred)

    def show(self, measures: Measures | None) -> None:
        """What the database said; None when it did not answer, and nothing is shown of it."""
        self.database_up.set(measures is not None)
        for gauge in (self.waiting, self.oldest, self.open_cases, self.overdue_cases):
            gauge.clear()
        self.first_action.clear()
        self.telegram_closed.set(measures.telegram_closed if measures else math.nan)
        self.unsaved.set(measures.unsaved if measures else math.nan)
        self.unplanned.set(measures.unplanned if measures else math.nan)
        self.overdue_tasks.set(measures.overdue_tasks if measures else math.nan)
        self.failing_channels.set(measures.failing_channels if measures else math.nan)
        if measures is None:
            return
        for queue, found in measures.queues.items():
            self.waiting.labels(queue).set(found.waiting)
            self.oldest.labels(queue).set(found.oldest)
        for severity, cases in measures.cases.items():
            self.open_cases.labels(severity).set(cases.open)
            self.overdue_cases.labels(severity).set(cases.overdue)
        for action in measures.first_actions:
            self.first_action.labels(action.severity, "0.5").set(action.median)
            self.first_action.labels(action.severity, "0.95").set(action.slowest)

    def _signals_per_hundred(self) -> float:
        """Whom it only asks alarms nobody."""
        messages = _total(self.watched)
        heard = _total(self.signals, except_for=ASKS)
        return 100 * heard / messages if messages else 0

    def _counter(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(f"wayhome_{name}", words, labels, registry=self.registry)

    def _gauge(self, name: str, words: str, *labels: str) -> Gauge:
        return Gauge(f"wayhome_{name}", words, labels, registry=self.registry)


def _total(counter: Counter, *, except_for: str = "") -> float:
    samples = (sample for metric in counter.collect() for sample in metric.samples)
    return sum(
        sample.value
        for sample in samples
        if sample.name.endswith("_total") and sample.labels.get("severity") != except_for
    )
