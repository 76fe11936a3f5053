"""The chats are still there at the next start, and the command serves alone."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from simulator.server import serving
from simulator.simulator import Simulator
from tests.simulator_server import TOKEN, running_simulator


async def test_a_world_is_kept_in_a_file_and_found_again(tmp_path: Path) -> None:
    state = tmp_path / "telegram.json"
    assert Simulator.load(state) is None
    simulator = Simulator(TOKEN)
    async with serving(simulator, state=state):
        user = simulator.phones.add_user("Amal", language_code="ar")
        simulator.phones.start(user.id, "code")
        file = simulator.phones.add_group("Staff", [user.id], is_forum=True)
    world = Simulator.load(state)
    assert world == simulator.world
    assert world
    async with running_simulator(world=world) as telegram:
        assert telegram.messages(user)[0].words == "/start code"
        assert telegram.messages(file) == []
        updates = telegram.simulator.updates.waiting
        assert [*updates[0].update][1] == "message"


async def test_phones_go_on_while_they_cannot_be_kept(tmp_path: Path) -> None:
    """As on a full disk, until there is room again."""
    state = tmp_path / "telegram.json"
    in_the_way = tmp_path / "telegram.json.part"
    in_the_way.mkdir()
    async with serving(Simulator(TOKEN), state=state) as url, httpx.AsyncClient() as client:
        await client.post(f"{url}/phone/users", json={"first_name": "Amal"})
        assert (await client.get(f"{url}/phone/state")).is_success
        in_the_way.rmdir()
    world = Simulator.load(state)
    assert world
    assert [user.first_name for user in world.users.values()] == ["Amal"]


async def started(state: Path) -> tuple[asyncio.subprocess.Process, str]:
    """The command, and its address."""
    arguments = ["-m", "simulator", "--token", TOKEN, "--state", str(state)]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )
    assert process.stdout
    return process, (await process.stdout.readline()).decode().strip()


async def test_what_was_not_kept_at_the_end_is_said_in_one_line(tmp_path: Path) -> None:
    state = tmp_path / "telegram.json"
    (tmp_path / "telegram.json.part").mkdir()
    process, _ = await started(state)
    process.send_signal(signal.SIGTERM)
    _, complaints = await process.communicate()

    said = f"{state} can't be written: Is a directory.\n"
    assert (process.returncode, complaints.decode()) == (1, said)


async def test_the_command_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    state = tmp_path / "telegram.json"
    process, url = await started(state)
    async with httpx.AsyncClient(base_url=url) as client:
        await client.post("/phone/users", json={"first_name": "Amal"})
        async with client.stream("GET", "/phone/events"):
            process.send_signal(signal.SIGTERM)
            _, complaints = await process.communicate()
    assert (process.returncode, complaints.decode()) == (0, "")
    world = Simulator.load(state)
    assert world
    assert [user.first_name for user in world.users.values()] == ["Amal"]


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["--token", "nonsense"], 2, "argument --token: a token looks like 42:secret"),
        (["--token", TOKEN, "--port", "99999"], 2, "argument --port: a port is 0 to 65535"),
        (["--token", TOKEN, "--state", "/"], 1, "Is a directory: /."),
        (["--token", TOKEN, "--state", __file__], 1, f"{__file__} holds no chats of a simulator."),
    ],
    ids=["token", "port", "folder", "other file"],
)
def test_what_is_wrong_with_the_command_is_said_in_one_line(
    words: list[str], code: int, sentence: str
) -> None:
    line = [sys.executable, "-m", "simulator", *words]
    ended = subprocess.run(line, capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stdout) == (code, "")
    assert ended.stderr.endswith(f"{sentence}\n")
    assert "Traceback" not in ended.stderr


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        line = [sys.executable, "-m", "simulator", "--token", TOKEN, "--port", port]
        ended = subprocess.run(line, capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert "already in use" in ended.stderr
    assert "Traceback" not in ended.stderr
