"""What the operator can see from outside: counts and ages, nothing about anybody (P8)."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.updates = Counter(
            "wayhome_updates",
            "Updates from Telegram by outcome",
            ["outcome"],
            registry=self.registry,
        )
        self.sends = Counter(
            "wayhome_sends", "Messages to Telegram by outcome", ["outcome"], registry=self.registry
        )
        self.ticks = Counter(
            "wayhome_ticks",
            "Ticks of the clock by name and outcome",
            ["tick", "outcome"],
            registry=self.registry,
        )
        self.waiting = Gauge(
            "wayhome_waiting",
            "Rows that wait to be handled or sent",
            ["queue"],
            registry=self.registry,
        )
        self.oldest = Gauge(
            "wayhome_oldest_seconds",
            "Age of the oldest waiting row",
            ["queue"],
            registry=self.registry,
        )
        self.open_cases = Gauge(
            "wayhome_open_cases", "Unresolved cases", ["severity"], registry=self.registry
        )
