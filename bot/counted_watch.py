"""How much the watch hears: a rise without a reason means tired caseworkers soon."""

from collections.abc import Sequence

from bot.metrics import Metrics
from domain.distress import Assessment, Own, Severity, Watch


class CountedWatch(Watch):
    """Counts what it judges. A message that is tried anew after a crash counts again."""

    def __init__(self, watch: Watch, metrics: Metrics) -> None:
        # All that it knows, once in memory.
        vars(self).update(vars(watch))
        self._metrics = metrics

    def assess(self, text: str, recent: Sequence[str] = (), own: Own | None = None) -> Assessment:
        heard = super().assess(text, recent, own)
        self._metrics.watched.inc()
        if heard.severity is not Severity.NONE:
            self._metrics.signals.labels(heard.severity).inc()
        elif heard.ask:
            self._metrics.signals.labels("ask").inc()
        return heard
