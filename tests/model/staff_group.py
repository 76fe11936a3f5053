"""The staff group in the model: who is in it, what they press and write there; and what is looked
at there.
"""

from collections import defaultdict
from enum import Enum, auto

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from domain.organisations import set_staff_chat, staff_chat_of
from simulator.memory.users import User
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from tests.alerting import raised_alerts
from tests.model.house import House
from tests.model.screens import TELLING
from tests.model.stage import Stage

_WORDS = ("On my way to you", "//Only for us", "/queue", "/help", "He will kill me")
#: What nobody who has not claimed a case may say to anybody.
OF_A_STRANGER = "Come to the station at nine"


class Group(Enum):
    """What the organisation of the first of the people has."""

    NONE = auto()
    #: Without topics; it may become a supergroup.
    SMALL = auto()
    #: It has just become one, of which nobody has heard.
    GROWN = auto()
    TOPICS = auto()


class InTheGroup(Stage):
    #: Two of the organisation, one of another one, and somebody who works for none.
    members: list[User]

    async def _open_group(self, group: Group) -> None:
        house = self.house
        self.members = [*(user for _, user in house.staff), house.phone()]
        if group is Group.NONE:
            return
        members = [user.id for user in self.members]
        chat = house.simulator.phones.add_group("Team", members, is_forum=group is Group.TOPICS)
        house.groups.append(chat.id)
        async with self.machinery.database.begin(SERVICE) as session:
            organisation = await session.get_one(Organisation, house.organisation.id)
            set_staff_chat(session, organisation, chat.id)

    @rule(who=st.integers(0, 3), which=st.integers(0, 20))
    def press_in_the_group(self, who: int, which: int) -> None:
        """One of the buttons that it ever showed, under whichever number."""
        shown = [
            (sent.chat, sent.message_id, data)
            for sent in self.house.shown
            if sent.chat in self.house.groups
            for data in sent.buttons
        ]
        if shown:
            chat, number, data = shown[-1 - which % len(shown)]
            self.house.simulator.phones.press(self.members[who].id, chat, number, data)

    @rule(who=st.integers(0, 3), topic=st.integers(0, 3), words=st.sampled_from(_WORDS))
    def write_in_the_group(self, who: int, topic: int, words: str) -> None:
        if not self.house.groups:
            return
        chat = self.house.simulator.chat(self.house.groups[-1])
        topics = sorted(chat.topics)
        where = topics[-1 - topic % len(topics)] if topics else None
        said = OF_A_STRANGER if who == 3 and not words.startswith("/") else words
        self.house.simulator.phones.send_text(
            self.members[who].id, said, chat_id=chat.id, thread_id=where
        )

    @rule(
        who=st.integers(0, 9),
        whose=st.integers(0, 10),
        which=st.integers(0, 50),
        in_group=st.booleans(),
    )
    def forge_a_press(self, who: int, whose: int, which: int, in_group: bool) -> None:
        """What another phone showed, or the group, be it theirs or not."""
        everybody = [*self.members, *self.people]
        user, group = everybody[who], self.house.groups[-1:]
        chats = [*(each.id for each in everybody), *group]
        chat = chats[whose % len(chats)]
        shown = [data for sent in self.house.shown if sent.chat == chat for data in sent.buttons]
        if not shown:
            return
        chat = group[0] if in_group and group and user in self.members else user.id
        number = max(self.house.simulator.chat(chat).messages, default=1)
        data = shown[-1 - which % len(shown)]
        self.house.simulator.phones.press(user.id, chat, number, data)

    @rule()
    def let_the_group_grow(self) -> None:
        """Telegram makes a supergroup of it, which has another number."""
        if self.house.groups:
            chat = self.house.simulator.chat(self.house.groups[-1])
            if chat.type == "group":
                self.house.groups.append(self.house.simulator.phones.migrate(chat.id).id)


async def the_group_is_told(house: House) -> None:
    """P2: each alert is in the staff group, under whichever number it had; and there is a way there
    still.
    """
    if not house.groups:
        return
    groups, number = set(house.groups), house.groups[-1]
    # What was on its way as the number changed is booked under the old one, and stands in the new.
    shown: dict[int, str] = defaultdict(str)
    for sent in house.shown:
        if sent.chat in groups:
            shown[sent.message_id] += sent.text
    async with house.machinery.database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, house.organisation.id)
        known = staff_chat_of(session, organisation)
        theirs = select(Case.code).where(Case.organisation_id == organisation.id)
        codes = set(await session.scalars(theirs))
        alerts = await raised_alerts(session, house.really)
    # It is learned with what is sent there.
    is_learned = any(sent.chat == number for sent in house.shown)
    assert known == number or (not is_learned and known in groups), "the group has another number"
    for alert in alerts:
        told = alert.chats(lambda chat, number: shown[number] if chat in groups else "")
        assert alert.code not in codes or told & groups, "the group was not told"
    chat = house.simulator.chat(number)
    assert chat.members.get(house.simulator.world.bot.id) == "administrator", "it left the group"


async def nobody_speaks_for_a_team(house: House) -> None:
    """P8 and P10: nothing of what people said stands in the group, nor does what anybody writes
    there go to them who is not of the team. Whoever has a case is of the organisation that has it.
    """
    colleagues = {actor.staff_id: actor.organisation_id for actor, _ in house.staff}
    for sent in house.shown:
        if sent.chat in house.groups:
            told = [words for words in TELLING if words in sent.text]
            assert not told, f"{told} in the group"
        else:
            assert OF_A_STRANGER not in sent.text, "a stranger's words"
    async with house.machinery.database.begin(SERVICE) as session:
        cases = (await session.scalars(select(Case).where(Case.claimed_by.is_not(None)))).all()
    for case in cases:
        assert case.claimed_by is not None
        assert colleagues[case.claimed_by] == case.organisation_id, "somebody else has it"
