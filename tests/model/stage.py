"""Who plays in the model, and what each of its parts stands on."""

from collections import defaultdict
from re import fullmatch
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy import select

from simulator.memory.users import User
from storage.kinds import Role
from storage.sessions import Session
from storage.tables.returnees import Returnee
from tests.model.conftest import Bench
from tests.model.house import House, Machinery

CRIES = (
    "He locked me in and he will kill me",
    "do të më vrasë",
    "il va me tuer",
    "він мене вб'є",
    "غادي يقتلني",
    "они забрали паспорт, он меня убьёт",
)
CALM = ("Good morning", "Faleminderit", "шукаю роботу", "ok", "👍", "a\x00b", "\u202eok", "/help")

#: Three are known, of whom one wants to be the first to write; two are strangers.
people = st.integers(0, 4)
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
        ]
        self.sent = defaultdict(list)
        await house.colleague()
        await house.colleague(Role.SUPERVISOR)

    def _press_shown(self, user: User, which: int, wanted: str = "") -> None:
        """One of the buttons that this phone ever showed, be its message long gone; of those that
        say what is `wanted`, if anything is.
        """
        shown = [
            (sent.message_id, data)
            for sent in self.house.accepted
            if sent.chat == user.id
            for data in sent.buttons
            if not wanted or fullmatch(wanted, data)
        ]
        if shown:
            number, data = shown[-1 - which % len(shown)]
            self.house.simulator.phones.press(user.id, user.id, number, data)


async def returnee_of(session: Session, user: User) -> Returnee | None:
    keys = session.keys.look_ups(user.id, "chat")
    return await session.scalar(select(Returnee).where(Returnee.chat_key.in_(keys)))
