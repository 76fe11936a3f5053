"""Trial 24: whatever fails, and whatever it says, a real process does not log its words."""

import sys

import httpx
import pytest

from tests.process import Operator
from tests.simulator_server import RunningSimulator

pytestmark = pytest.mark.timeout(180)

WORDS, NAME = "canarywords in a message", "Canaryname"
# Every place fails with all that it knows: words, names, ids, addresses with the token in them.
FAILING = """
import bot.app, bot.lanes.handling
from bot.clockwork.clockwork import Tick
from bot.delivery import packing

async def handle(self, session, update, *, found):
    raise ValueError(f"{update} https://api.telegram.org/bot{self.bot.token}/getUpdates")
async def wire(session, row, content, catalogues):
    raise RuntimeError(f"canarywords {row.chat} {row.content}")
async def tick(session):
    raise KeyError("canarywords")
async def poll(bot, database, replica, stopping):
    if not FAILED:
        FAILED.append(poll)
        raise OSError(f"canarywords https://api.telegram.org/bot{bot.token}/getUpdates")
    await POLL(bot, database, replica, stopping)
async def serve(app, listening, stopping):
    await SERVE(app, listening, stopping)
    raise OSError("canarywords in a page")

FAILED = []
POLL, bot.app.poll = bot.app.poll, poll
SERVE, bot.app.serve = bot.app.serve, serve
bot.lanes.handling.Handling.handle = handle
packing.wire = wire
bot.app.TICKS = (*bot.app.TICKS, Tick("silence", 1, tick))
from bot.commands.main import main
main()
"""


async def test_p8_no_failure_says_its_words_names_ids_or_the_token_in_the_log(
    operator: Operator, telegram: RunningSimulator
) -> None:
    await operator.ask("org", "add", "Centre")
    operator.command = (sys.executable, "-c", FAILING)
    person = telegram.add_user(NAME)
    async with operator.running() as process, httpx.AsyncClient() as client:
        telegram.send_text(person, f"he locked me in, {WORDS}")
        for action in ("lanes.failed", "delivery.word", "tick.failed"):
            await operator.has_logged(action)
        await client.get(f"{operator.address}/sign-in?next=canarywords")
        await client.post(f"{operator.address}/sign-in", data={"code": "canarywords"})
        assert process.returncode is None

    said = "".join(operator.logs)
    assert "job.failed" in said
    assert "command.failed" in said
    for canary in ("canary", NAME, str(person.id), telegram.token, telegram.token.split(":")[1]):
        assert canary.casefold() not in said.casefold(), canary
