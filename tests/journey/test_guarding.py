"""`wayhome guard` as an operator starts it, beside a `wayhome run`."""

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.bot.guard.hearing import Hearing, somebody_hears
from tests.bot.log_lines import actions
from tests.forking.nursery import Nursery
from tests.postgres import DatabaseUrls
from tests.process import Operator, free_port, operator_of
from tests.simulator_server import running_simulator

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
async def hearing() -> AsyncIterator[Hearing]:
    async with somebody_hears() as hearing:
        yield hearing


@pytest.fixture
async def operator(tmp_path: Path, urls: DatabaseUrls, nursery: Nursery) -> AsyncIterator[Operator]:
    async with running_simulator() as telegram:
        yield operator_of(tmp_path, urls.run_url, telegram, nursery)


async def test_p2_a_guard_looks_tells_that_it_is_there_and_the_doctor_knows(
    operator: Operator, hearing: Hearing
) -> None:
    operator.env["WAYHOME_GUARD_URLS"] = operator.address
    operator.env["WAYHOME_GUARD_ALARMS"] = hearing.address
    operator.env["WAYHOME_GUARD_HEARTBEAT"] = hearing.heartbeat
    async with operator.running(), httpx.AsyncClient() as client:
        before = await operator.type("doctor", "--json")
        guard = await operator.start("guard")
        await hearing.until(lambda: hearing.beats > 0)
        guard.send_signal(signal.SIGTERM)
        _, said = await guard.communicate()
        after = await operator.type("doctor", "--json")
        metrics = (await client.get(f"{operator.address}/metrics")).text

    assert guard.returncode == 0, said
    assert '"guard.begin"' in said.decode()
    assert "nobody outside would notice" in before[1]
    assert "one has looked within the last five minutes" in after[1]
    logged = {
        sample.labels["action"]
        for family in text_string_to_metric_families(metrics)
        for sample in family.samples
        if sample.name == "wayhome_log_lines_total"
    }
    assert {"greet.done"} <= logged <= actions()


async def test_a_trial_alarm_says_whether_it_was_taken(
    operator: Operator, hearing: Hearing
) -> None:
    operator.env["WAYHOME_GUARD_ALARMS"] = hearing.address
    code, out, _ = await operator.type("guard", "--test")
    assert (code, out.strip()) == (0, "All 1 took it: see whether it arrives.")
    assert hearing.titles == ["Wayhome: a trial"]

    operator.env["WAYHOME_GUARD_ALARMS"] += f" json://127.0.0.1:{free_port()}/nobody"
    code, _, err = await operator.type("guard", "--test")
    assert code == 1
    assert err.splitlines()[-1] == "1 of 2 addresses did not take the alarm."


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({}, "WAYHOME_GUARD_ALARMS is missing"),
        ({"WAYHOME_GUARD_ALARMS": "json://127.0.0.1"}, "WAYHOME_GUARD_URLS is missing"),
        ({"WAYHOME_GUARD_URLS": "wayhome:8080"}, "WAYHOME_GUARD_URLS must begin with"),
    ],
)
async def test_a_guard_that_could_not_guard_says_why(
    operator: Operator, settings: dict[str, str], sentence: str
) -> None:
    operator.env |= settings
    code, _, err = await operator.type("guard")

    assert code == 1
    assert sentence in err
