"""What Prometheus reads, over real HTTP."""

import ast
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import select, update

from bot.metrics.metrics import ASKS, Metrics
from bot.watch.apart import WatchApart
from domain.channels import keeping
from domain.distress import Watch
from storage.inbox.arrivals import take_in
from storage.inbox.handled import forget_handled
from storage.kinds import NoticeClass, Severity
from storage.outbox.letters import Delivery
from storage.sessions import SERVICE, Clock, Database
from storage.tables.channels import AlertChannel
from storage.tables.inbox import InboxRow
from tests.bot.health.labels import LABELS
from tests.bot.log_lines import calls
from tests.bot.outgoing import say
from tests.bot.serving_health import asking
from tests.documents import put
from tests.domain.centre import Centre
from tests.domain.checking_in import add_person, open_office, plan_check_in

CASES = [severity for severity in Severity if severity is not Severity.NONE]
# Values that are not written out where they are given: each comes from a list in the code.
FROM_A_LIST = {
    "ASKS",
    "alarming",
    "tick.name",
    "queue",
    "severity",
    "action.severity",
    "heard.severity",
    "event['action']",
    "_label(report.result)",
}


def test_p8_no_label_has_a_value_that_is_not_known_beforehand() -> None:
    values = [
        value
        for _, node in calls("bot")
        if isinstance(node.func, ast.Attribute) and node.func.attr == "labels"
        for value in node.args
    ]
    written = {value.value for value in values if isinstance(value, ast.Constant)}
    given = {ast.unparse(value) for value in values if not isinstance(value, ast.Constant)}

    assert written <= set.union(*LABELS.values())
    assert given <= FROM_A_LIST


async def test_p8_every_label_of_a_busy_service_is_one_of_a_few_words(
    database: Database, clock: Clock
) -> None:
    centre = await Centre.open(database, clock)
    vera = await centre.colleague()
    for severity in CASES:
        case = await centre.signal(await centre.person(), severity)
        await centre.claims(vera, case)
        await centre.writes(vera, case)
    async with asking(database) as health:
        found = text_string_to_metric_families((await health.client.get("/metrics")).text)
        samples = [sample for family in found for sample in family.samples]

    assert samples
    for sample in samples:
        for label, value in sample.labels.items():
            assert label in {"le", "version", "revision"} or value in LABELS[label], sample


async def test_queues_say_how_much_waits_and_how_long(database: Database, clock: Clock) -> None:
    office = await open_office(database)
    async with database.begin(SERVICE) as session:
        await take_in(session, [{"update_id": number} for number in (1, 2, 3)])
        row = await session.scalar(select(InboxRow).where(InboxRow.update_id == 1))
        assert row is not None
        row.set_aside_at = row.arrived_at
        tomorrow = session.now + timedelta(days=1)
        await put(session, 1, {}, Delivery(NoticeClass.ROUTINE, not_before=tomorrow))
        for chat in (11, 12):
            person = await add_person(session, office.organisation, chat)
            await plan_check_in(session, person, office)
    await say(database, 2, "Hello")
    clock.offset += timedelta(hours=1)
    async with asking(database) as health:
        metrics = await health.metrics()

    waiting, oldest = (
        {queue: metrics[f'wayhome_{name}{{queue="{queue}"}}'] for queue in LABELS["queue"]}
        for name in ("waiting", "oldest_seconds")
    )
    assert waiting == {"inbox": 2, "set-aside": 1, "outbox": 1, "held": 1, "check-ins": 2}
    # The inbox goes by the database's clock, which nobody moves.
    assert oldest["inbox"] < 3600 <= min(oldest[name] for name in ("outbox", "held", "check-ins"))


async def test_what_is_past_mending_is_no_alarm_any_more(database: Database) -> None:
    async with database.begin(SERVICE) as session:
        await take_in(session, [{"update_id": 1}])
        row = await session.scalar(select(InboxRow))
        assert row is not None
        row.set_aside_at = row.arrived_at - timedelta(days=3)
    async with database.begin(SERVICE) as session:
        await forget_handled(session, timedelta(hours=48))

    async with asking(database) as health:
        metrics = await health.metrics()
    assert metrics['wayhome_waiting{queue="set-aside"}'] == 0


async def test_p2_metrics_say_how_many_channels_for_alerts_fail_until_they_work_again(
    database: Database, clock: Clock
) -> None:
    centre = await Centre.open(database, clock)
    vera = await centre.colleague()
    async with database.begin(centre.organisation.id) as session:
        await keeping.add_channel(session, vera, "json://127.0.0.1:1/alarm", shared=False)
        [channel] = await session.scalars(select(AlertChannel))
        channel.failing_since = session.now
    async with asking(database) as health:
        hiccup = await health.metrics()
        async with database.begin(centre.organisation.id) as session:
            await session.execute(update(AlertChannel).values(told_at=session.now))
        fails = await health.metrics()
    assert hiccup["wayhome_failing_channels"] == 0
    assert fails["wayhome_failing_channels"] == 1


async def test_p2_metrics_say_how_soon_humans_acted_and_who_still_waits(
    database: Database, clock: Clock
) -> None:
    centre = await Centre.open(database, clock)
    vera = await centre.colleague()
    for minutes in (2, 4, 60):
        case = await centre.signal(await centre.person(), Severity.EMERGENCY)
        centre.later(minutes=minutes)
        await centre.claims(vera, case)
        await centre.writes(vera, case)
    await centre.signal(await centre.person(), Severity.URGENT)
    centre.later(hours=2)
    async with asking(database) as health:
        metrics = await health.metrics()
        again = await health.metrics()
        centre.later(days=8)
        later = await health.metrics()

    median = 'wayhome_first_action_seconds{quantile="0.5",severity="emergency"}'
    slowest = 'wayhome_first_action_seconds{quantile="0.95",severity="emergency"}'
    assert metrics[median] == again[median] == pytest.approx(240, abs=5)
    assert metrics[slowest] == pytest.approx(240 + 0.9 * 3360, abs=5)
    assert metrics['wayhome_overdue_cases{severity="urgent"}'] == 1
    assert metrics['wayhome_overdue_cases{severity="emergency"}'] == 0
    assert metrics['wayhome_open_cases{severity="emergency"}'] == 3
    assert median not in later


async def test_p2_a_cry_that_grows_graver_is_timed_from_there(
    database: Database, clock: Clock
) -> None:
    centre = await Centre.open(database, clock)
    vera, person = await centre.colleague(), await centre.person()
    await centre.signal(person, Severity.CONCERN)
    centre.later(hours=5)
    case = await centre.signal(person, Severity.EMERGENCY)
    centre.later(minutes=1)
    await centre.claims(vera, case)
    await centre.writes(vera, case)
    async with asking(database) as health:
        metrics = await health.metrics()

    median = 'wayhome_first_action_seconds{quantile="0.5",severity="emergency"}'
    assert metrics[median] == pytest.approx(60, abs=5)


async def test_p2_what_is_said_after_an_answer_and_left_is_timed_from_there(
    database: Database, clock: Clock
) -> None:
    centre = await Centre.open(database, clock)
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.signal(person, Severity.EMERGENCY)
    await centre.claims(vera, case)
    await centre.writes(vera, case)
    centre.later(hours=5)
    await centre.signal(person, Severity.EMERGENCY)
    centre.later(minutes=10)
    await centre.tick()
    await centre.claims(vera, case)
    await centre.writes(vera, case)
    async with asking(database) as health:
        metrics = await health.metrics()

    median = 'wayhome_first_action_seconds{quantile="0.5",severity="emergency"}'
    assert metrics[median] == pytest.approx(600, abs=5)


async def test_the_watch_is_counted(database: Database) -> None:
    metrics = Metrics()
    watch = WatchApart(Watch.load(), metrics)
    for words in ("he locked me in and took my passport", "good morning", "hello", "thanks"):
        await watch.hear(words)
    # Whom it only asks alarms nobody.
    metrics.signals.labels(ASKS).inc()
    async with asking(database, metrics=metrics) as health:
        found = await health.metrics()

    assert found["wayhome_messages_watched_total"] == 4
    assert found['wayhome_signals_total{severity="emergency"}'] == 1
    assert found["wayhome_signals_per_hundred_messages"] == 25
