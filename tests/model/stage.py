"""Who plays in the model, and what each of its parts stands on."""

from collections import defaultdict
from re import fullmatch
from typing import ClassVar
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy import select

from domain.identity.pictures import choose_row
from domain.safety.phones import choose_discretion
from simulator.memory.users import User
from storage.kinds import Discretion, Role
from storage.sessions import SERVICE, Session
from storage.tables.returnees import Returnee
from tests.model.conftest import Bench
from tests.model.house import House
from tests.model.machinery import Machinery

CRIES = (
    "He locked me in and he will kill me",
    "do të më vrasë",
    "il va me tuer",
    "він мене вб'є",
    "غادي يقتلني",
    "они забрали паспорт, он меня убьёт",
)
TIRANA = ZoneInfo("Europe/Tirane")
CALM = ("Good morning", "Faleminderit", "шукаю роботу", "ok", "👍", "a\x00b", "\u202eok", "/help")

#: Who is known, of whom the last but one wants to be the first to write, and the last one's phone
#: is watched; two others are strangers.
KNOWN = (0, 1, 4, 5)
WATCHED = 5
people = st.integers(0, 5)
#: Which pictures open the watched phone.
ROW = (0, 1, 2, 0)
texts = st.sampled_from(CRIES) | st.sampled_from(CALM)


class Stage(RuleBasedStateMachine):
    bench: ClassVar[Bench]
    house: House
    people: list[User]
    #: What each has written, by its numbers.
    sent: dict[int, list[int]]

    @property
    def machinery(self) -> Machinery:
        return self.bench.machinery

    async def _open_house(self) -> None:
        house = self.house = await House.open(self.machinery)
        self.people = [
            await house.enrolled(),
            await house.enrolled(),
            house.phone("uk"),
            house.phone("fr"),
            await house.enrolled(),
            await house.enrolled(),
        ]
        await be_watched(house, self.people[WATCHED])
        self.sent = defaultdict(list)
        await house.colleague()
        await house.colleague(Role.SUPERVISOR)

    def _press_shown(self, user: User, which: int, wanted: str = "") -> int | None:
        """One of the buttons that this phone ever showed, be its message long gone; of those that
        say what is `wanted`, if anything is. Returns the number of that message.
        """
        shown = [
            (sent.message_id, data)
            for sent in self.house.shown
            if sent.chat == user.id
            for data in sent.buttons
            if not wanted or fullmatch(wanted, data)
        ]
        if not shown:
            return None
        number, data = shown[-1 - which % len(shown)]
        self.house.simulator.phones.press(user.id, user.id, number, data)
        return number


async def be_watched(house: House, user: User) -> None:
    """From now on only neutral words stand on this phone, until the row is tapped."""
    async with house.machinery.database.begin(SERVICE) as session:
        returnee = await returnee_of(session, user)
        assert returnee is not None
        await choose_discretion(session, returnee, Discretion.WATCHED)
        await choose_row(session, returnee, ROW)


async def returnee_of(session: Session, user: User) -> Returnee | None:
    keys = session.keys.look_ups(user.id, "chat")
    return await session.scalar(select(Returnee).where(Returnee.chat_key.in_(keys)))
