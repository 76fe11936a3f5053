"""A deploy that calls every dialog state otherwise strands nobody (P9)."""

from random import Random

from simulator.memory.users import User
from tests.faults.conftest import NewWorld
from tests.faults.judging import gather
from tests.faults.plugin import Share
from tests.faults.world import World

_PEOPLE = 200
_DOORS = ("/services", "/language", "/start")
_STEPS = ("press", "Hello", "/help", *_DOORS)


async def test_p9_whoever_has_a_dialog_open_gets_on_after_its_states_were_renamed(
    new_world: NewWorld, share: Share, random: Random
) -> None:
    row = share.row("a deploy renames every dialog state")
    row.runs = share.of(_PEOPLE, least=len(_STEPS))
    async with new_world() as world:
        people = [world.reader() for _ in range(row.runs)]
        old = await world.start()
        for user in people:
            world.telegram.send_text(user, random.choice(_DOORS))
        await world.quiet()
        assert await old.stop() == 0
        shown = {user.id: _shown(world, user) for user in people}
        await world.start(("tests.faults.changes:rename_dialog_states",))
        for number, user in enumerate(people):
            _step(world, user, _STEPS[number % len(_STEPS)], random)
        await world.quiet()
        stranded = [user.id for user in people if _shown(world, user) == shown[user.id]]
        row.lost, row.processes = len(stranded), world.started
        assert stranded == []
        assert (await gather(world)).set_aside == 0


def _shown(world: World, user: User) -> int:
    """How often the bot has said or changed something there."""
    calls = (*world.telegram.calls("sendMessage"), *world.telegram.calls("editMessageText"))
    return sum(call.ok and str(call.params["chat_id"]) == str(user.id) for call in calls)


def _step(world: World, user: User, step: str, random: Random) -> None:
    if step == "press":
        window = next(m for m in world.telegram.from_bot(user) if m.inline_keyboard)
        buttons = [button for row in window.inline_keyboard or [] for button in row]
        world.telegram.press(user, window, random.choice(buttons)["callback_data"])
    else:
        world.telegram.send_text(user, step)
