"""Check-ins of thousands are due at once, within Telegram's own limits, and people cry for help
meanwhile: neither they nor the staff wait for those who are only asked how they are (P1, P2).
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy import func, select

from simulator.bot_api.calls import Call
from simulator.memory.users import User
from storage.kinds import NoticeClass
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.faults.conftest import NewWorld
from tests.faults.planning import plan
from tests.faults.plugin import Share
from tests.faults.script import CRISIS, DISTRESS
from tests.faults.world import World, until

_CHECK_INS = 10_000
_WITHIN = timedelta(minutes=1)
_CRIES = 60
_A_SECOND, _A_SECOND_IN_A_CHAT = 30, 1
# So many sends go between two cries: by then the staff's chats have had their pause.
_BETWEEN = 30
# What is claimed together with an alert, and once more before it has arrived, may arrive first.
_ALONG = 6
# In every safe window.
_NOON = datetime.now(UTC).replace(hour=12, minute=0) + timedelta(days=1)
_PACE = ("tests.faults.changes:keep_to_telegrams_pace",)


@dataclass(frozen=True, slots=True)
class Cry:
    user: User
    #: The case, once it was committed.
    code: str
    #: How many prompts were on their way by then, and how many calls Telegram had had.
    on_their_way: int
    calls: int


async def test_p1_p2_p12_who_cries_for_help_waits_for_nobody_who_is_only_asked(
    new_world: NewWorld, share: Share, random: Random
) -> None:
    row = share.row(f"{_CHECK_INS} check-ins due in one minute, {_A_SECOND} a second; cries")
    row.runs = share.of(_CHECK_INS)
    async with new_world() as world:
        world.operator.env["WAYHOME_TELEGRAM_RATE"] = str(_A_SECOND)
        world.telegram.simulator.limits.change(per_chat=_A_SECOND_IN_A_CHAT, overall=_A_SECOND)
        await world.set_clock(_NOON)
        phones = await plan(world, row.runs, random, _WITHIN)
        await world.set_clock(_NOON + _WITHIN)
        # What somebody writes bears the same time.
        await world.telegram.simulator.clock.advance(world.database.clock.offset)
        await world.start(_PACE)
        asked = {phone: world.telegram.simulator.world.users[phone] for phone in phones}
        criers = _criers(world, list(asked.values()), share.of(_CRIES))
        cries = [await _cry(world, user) for user in criers]
        overtaking = [_overtaking(world, cry, asked) for cry in cries]
        row.processes = world.started
        row.notes.append(f"{len(cries)} cries, before which at most {max(overtaking)} prompts went")
        for cry, prompts in zip(cries, overtaking, strict=True):
            assert prompts <= cry.on_their_way + _ALONG, (cry, overtaking)
        if share.is_all:
            await _all_are_asked_once(world, asked.keys() - {user.id for user in criers})
        refused = sum(call.error is not None for call in world.telegram.calls("sendMessage"))
        row.notes.append(f"{refused} sends were too soon for Telegram")


def _criers(world: World, asked: list[User], number: int) -> list[User]:
    """Nobody we know, and people who are about to be asked themselves, by turns."""
    last = asked[-number:]
    return [world.reader() if place % 2 else last[place] for place in range(number)]


async def _cry(world: World, user: User) -> Cry:
    """Once it is answered and everybody on duty was alerted, and the next may cry."""
    log = world.telegram.simulator.log
    enough = len(_sent(world)) + _BETWEEN
    await world.until(lambda: len(_sent(world)) >= enough)
    world.telegram.send_text(user, DISTRESS)
    code, on_their_way = await _committed(world, user)
    cry = Cry(user, code, on_their_way, log.count)
    await world.until(lambda: len(_answers(world, cry)) == 1 + len(world.staff))
    return cry


async def _committed(world: World, user: User) -> tuple[str, int]:
    leased = (
        select(func.count())
        .select_from(OutboxRow)
        .where(OutboxRow.leased_until.is_not(None), OutboxRow.notice_class == NoticeClass.ROUTINE)
        .scalar_subquery()
    )
    found: list[tuple[str, int]] = []

    async def so() -> bool:
        async with world.database.begin(SERVICE) as session:
            key = session.keys.look_up(user.id, "chat")
            query = select(Case.code, leased).join(Returnee, Returnee.id == Case.returnee_id)
            rows = await session.execute(query.where(Returnee.chat_key == key))
            found.extend((code, number) for code, number in rows)
        return bool(found)

    await until(so)
    return found[0]


def _answers(world: World, cry: Cry) -> dict[int, Call]:
    """The first crisis message on the phone, and the first alert on each of the staff's."""
    first: dict[int, Call] = {}
    staff = {member.id for member in world.staff}
    for call in _sent(world):
        chat, text = int(call.params["chat_id"]), call.params["text"]
        if (chat == cry.user.id and CRISIS in text) or (chat in staff and cry.code in text):
            first.setdefault(chat, call)
    return first


def _overtaking(world: World, cry: Cry, asked: Collection[int]) -> int:
    """How many prompts went between the cry's case and the last of its answers."""
    last = max(call.n for call in _answers(world, cry).values())
    return sum(
        cry.calls < call.n < last and int(call.params["chat_id"]) in asked
        for call in _sent(world)
        if CRISIS not in call.params["text"]
    )


def _sent(world: World) -> list[Call]:
    return [call for call in world.telegram.calls("sendMessage") if call.ok]


async def _all_are_asked_once(world: World, phones: Collection[int]) -> None:
    def prompts() -> Counter[int]:
        sent = Counter(int(call.params["chat_id"]) for call in _sent(world))
        return Counter({phone: sent[phone] for phone in phones if sent[phone]})

    await world.until(lambda: len(prompts()) == len(phones), patience=30 * 60)
    await world.idle()
    assert prompts() == Counter(phones)
