"""`wayhome run` as an operator meets it: what is wrong is said in one sentence."""

import asyncio
import os
import signal
import socket
from pathlib import Path

import pytest

from bot.embedded.postgres import EmbeddedPostgres
from simulator.bot_api.failures import Mode
from storage.schema import migrate
from tests.journey.other_server import running_other_server
from tests.postgres import HASTE, DatabaseUrls
from tests.process import Operator, operator_of
from tests.simulator_server import RunningSimulator

pytestmark = pytest.mark.timeout(180)


async def refused(operator: Operator, *words: str) -> str:
    """The one sentence with which a command ends."""
    code, out, err = await operator.type(*words)
    sentences = [line for line in err.splitlines() if not line.startswith("{")]
    assert code == 1, (out, err)
    assert len(sentences) == 1, err
    return sentences[0]


async def test_a_wrong_token_ends_the_process_with_one_sentence(operator: Operator) -> None:
    operator.nursery = None  # The command itself, not a fork.
    operator.env["WAYHOME_BOT_TOKEN"] = "4242424242:another-token"

    assert "WAYHOME_BOT_TOKEN" in await refused(operator, "run")


async def test_a_missing_token_is_named(operator: Operator) -> None:
    operator.env["WAYHOME_BOT_TOKEN"] = ""

    assert "WAYHOME_BOT_TOKEN is missing" in await refused(operator, "run")


async def test_a_taken_port_is_named(operator: Operator) -> None:
    with socket.create_server(("127.0.0.1", operator.port)):
        assert f"Port {operator.port}" in await refused(operator, "run")


async def test_a_folder_that_cannot_be_written_is_named(operator: Operator, tmp_path: Path) -> None:
    closed = tmp_path / "a-file"
    closed.write_text("in the way")
    operator.env["WAYHOME_DATABASE_URL"] = ""
    operator.env["WAYHOME_DATA_DIR"] = str(closed)

    assert str(closed) in await refused(operator, "run")


async def test_an_old_schema_names_the_command_that_mends_it(
    operator: Operator, urls: DatabaseUrls
) -> None:
    await migrate(urls.owner_url, "base")

    assert "wayhome migrate" in await refused(operator, "run")


async def test_a_database_that_is_away_at_the_start_is_waited_for(
    operator: Operator, tmp_path: Path
) -> None:
    postgres = EmbeddedPostgres.start(tmp_path / "late", HASTE)
    await migrate(postgres.owner_url)
    operator.env["WAYHOME_DATABASE_URL"] = postgres.run_url
    postgres.stop()

    async def bring_it_back() -> EmbeddedPostgres:
        async with asyncio.timeout(60):
            await operator.has_logged("start.wait")
        return await asyncio.to_thread(EmbeddedPostgres.start, tmp_path / "late", HASTE)

    async with asyncio.TaskGroup() as group:
        back = group.create_task(bring_it_back())
        async with operator.running():
            pass
    back.result().stop()


async def test_p1_a_database_that_restarts_under_a_running_process_loses_nothing(
    operator: Operator, telegram: RunningSimulator, tmp_path: Path
) -> None:
    postgres = EmbeddedPostgres.start(tmp_path / "restarting", HASTE)
    await migrate(postgres.owner_url)
    operator.env["WAYHOME_DATABASE_URL"] = postgres.run_url
    await operator.ask("org", "add", "Centre")
    person = telegram.add_user("Amal")
    async with operator.running() as process:
        await asyncio.to_thread(postgres.stop)
        telegram.send_text(person, "he locked me in and took my passport")
        await operator.has_logged("the database is away")
        postgres = await asyncio.to_thread(EmbeddedPostgres.start, tmp_path / "restarting", HASTE)
        await telegram.wait_for(
            lambda: [m for m in telegram.from_bot(person) if "danger" in m.words] or None, 30
        )
        assert process.returncode is None
    postgres.stop()


@pytest.mark.parametrize("mode", ["no_reason", "latin1"])
async def test_p1_what_a_proxy_says_in_telegrams_place_ends_no_process(
    operator: Operator, telegram: RunningSimulator, mode: Mode
) -> None:
    await operator.ask("org", "add", "Centre")
    person = telegram.add_user("Amal")
    telegram.fail(mode, count=4)
    telegram.send_text(person, "he locked me in and took my passport")
    async with operator.running() as process:
        await telegram.wait_for(
            lambda: [m for m in telegram.from_bot(person) if "danger" in m.words] or None, 30
        )
        assert process.returncode is None
    assert telegram.simulator.failures.struck[mode] == 4


async def test_commands_work_beside_a_running_process_with_an_embedded_database(
    operator: Operator,
) -> None:
    operator.env["WAYHOME_DATABASE_URL"] = ""
    async with operator.running() as process:
        added = await operator.ask("org", "add", "Centre")
        code, _, err = await operator.type("org", "add", "Centre")
        assert (code, err.strip()) == (1, "There is an organisation called Centre already.")
        assert process.returncode is None
    assert added["name"] == "Centre"


async def test_p1_what_arrives_while_the_process_is_killed_is_answered_by_the_next_one(
    operator: Operator, telegram: RunningSimulator
) -> None:
    operator.nursery = None
    await operator.ask("org", "add", "Centre")
    person = telegram.add_user("Amal")
    async with operator.running() as process:
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
    telegram.send_text(person, "he locked me in and took my passport")
    async with operator.running():
        await telegram.wait_for(
            lambda: [m for m in telegram.from_bot(person) if "danger" in m.words] or None, 30
        )

    assert [case["severity"] for case in await operator.ask("cases")] == ["emergency"]


async def test_the_same_process_runs_unchanged_against_another_bot_api_server(
    urls: DatabaseUrls, tmp_path: Path
) -> None:
    async with running_other_server() as other:
        operator = operator_of(tmp_path, urls.run_url, other)
        await operator.ask("org", "add", "Centre")
        async with operator.running():
            await other.write(31337, "/start")
            await other.receives("Which language")
            await other.write(31337, "he locked me in and took my passport")
            await other.receives("I think you may be in danger")

    assert [case["severity"] for case in await operator.ask("cases")] == ["emergency"]


async def test_cards_to_print_carry_the_country_s_emergency_number(
    operator: Operator, tmp_path: Path
) -> None:
    await operator.ask("org", "add", "Centre", "--country", "FR")
    sheet = tmp_path / "cards.html"
    invites = await operator.ask("invite", "--org", "Centre", "--count", "2", f"--sheet={sheet}")

    page = sheet.read_text()
    for invite in invites:
        assert invite["link"].startswith("https://t.me/")
        assert invite["code"] in page
    assert page.count("In danger, don’t wait for the chat to answer: call \u2068112\u2069") == 2


async def test_cards_to_print_speak_the_language_that_was_asked_for(
    operator: Operator, tmp_path: Path
) -> None:
    await operator.ask("org", "add", "Centre", "--country", "MA")
    sheet = tmp_path / "cards.html"
    command = ("invite", "--org", "Centre", f"--sheet={sheet}", "--language")

    await operator.ask(*command, "ar")
    assert '<html lang="ar" dir="rtl">' in sheet.read_text()
    code, _, said = await operator.type(*command, "eo")
    assert code == 2
    assert "'eo' is none of" in said


async def test_whoever_prints_cards_hears_that_no_number_is_known_before_any_is_made(
    operator: Operator, tmp_path: Path
) -> None:
    await operator.ask("org", "add", "Centre", "--country", "NG")
    command = ("invite", "--org", "Centre", f"--sheet={tmp_path / 'cards.html'}")

    assert "No emergency number is known in NG" in await refused(operator, *command)
    assert not (tmp_path / "cards.html").exists()
    await operator.ask(*command, "--emergency", "199")
    assert "to answer: call \u2068199\u2069" in (tmp_path / "cards.html").read_text()


async def test_invites_whose_cards_can_t_be_written_are_not_made(
    operator: Operator, tmp_path: Path
) -> None:
    await operator.ask("org", "add", "Centre", "--country", "AL")

    sentence = await refused(
        operator, "invite", "--org", "Centre", f"--sheet={tmp_path / 'no' / 'such.html'}"
    )

    assert "can't be written" in sentence
