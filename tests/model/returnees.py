"""What persons do in the model."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from dialogs.presses import ForgetMe
from domain.stop_word.choosing import propose, take
from storage.sessions import SERVICE
from storage.tables.returnees import Safety
from tests.model.calls import BUTTON, STOP_WORD
from tests.model.stage import CRIES, KNOWN, Stage, people, returnee_of, texts

COMMANDS = ("/start", "/help", "/stop", "/checkin", "/hide", "/services", "/privacy", "/queue")


class Returnees(Stage):
    async def _wish(self) -> None:
        """Who is known wants a second prompt, and has a word that freezes their chat; one of them
        wants to write first.
        """
        async with self.machinery.database.begin(SERVICE) as session:
            for who in KNOWN:
                returnee = await returnee_of(session, self.people[who])
                assert returnee is not None
                word = await propose(session, returnee, STOP_WORD)
                await take(session, returnee, word, "list")
                safety = await session.get_one(Safety, returnee.id)
                safety.second_prompt, safety.never_first = True, who == 4

    @rule(who=people, words=texts)
    def say(self, who: int, words: str) -> None:
        self._send(who, f"{words} {len(self.sent[who])}" if words in CRIES else words)

    @rule(who=people, command=st.sampled_from(COMMANDS))
    def give_a_command(self, who: int, command: str) -> None:
        self._send(who, command)

    @rule(who=people)
    def use_their_stop_word(self, who: int) -> None:
        self._send(who, STOP_WORD)

    @rule(who=people, words=texts)
    def forward(self, who: int, words: str) -> None:
        """What somebody else wrote."""
        origin = {"type": "hidden_user", "sender_user_name": "Arta", "date": 1_777_000_000}
        if not self.people[who].blocked:
            content = {"text": words, "forward_origin": origin}
            self.house.simulator.phones.send(self.people[who].id, content)

    @rule(who=people, what=st.sampled_from(("voice", "photo")))
    def send_what_no_machine_can_read(self, who: int, what: str) -> None:
        voice = {"file_id": "v", "file_unique_id": "v", "duration": 1}
        photo = [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
        if not self.people[who].blocked:
            content = {"voice": voice} if what == "voice" else {"photo": photo}
            self.house.simulator.phones.send(self.people[who].id, content)

    @rule(who=people, which=st.integers(0, 20))
    def press_for_a_human(self, who: int, which: int) -> None:
        self._press_shown(self.people[who], which, BUTTON)

    @rule(who=people, which=st.integers(0, 3), words=texts)
    def edit(self, who: int, which: int, words: str) -> None:
        user, sent = self.people[who], self.sent[who]
        there = self.house.simulator.chat(user.id).messages
        mine = [number for number in sent if number in there]
        if mine:
            number = mine[-1 - which % len(mine)]
            self.house.simulator.phones.edit(user.id, user.id, number, words)

    @rule(who=people, which=st.integers(0, 200))
    def press(self, who: int, which: int) -> None:
        self._press_shown(self.people[who], which)

    @rule(who=people)
    def ask_to_be_forgotten(self, who: int) -> None:
        """And mean it: they were asked whether they do, in a message that may be gone by now."""
        user, minute = self.people[who], int(self.machinery.time.now.timestamp()) // 60
        number = max(self.house.simulator.chat(user.id).messages, default=1)
        data = ForgetMe(asked=minute).pack()
        self.house.simulator.phones.press(user.id, user.id, number, data)

    @rule(who=people)
    def empty_the_chat(self, who: int) -> None:
        """On the phone itself: of that Telegram tells a bot nothing."""
        chat = self.people[who].id
        for number in list(self.house.simulator.chat(chat).messages):
            self.house.simulator.phones.delete(chat, chat, number)

    @rule(who=people, blocked=st.booleans())
    def block(self, who: int, blocked: bool) -> None:
        phones = self.house.simulator.phones
        (phones.block if blocked else phones.unblock)(self.people[who].id)

    def _send(self, who: int, words: str) -> None:
        user = self.people[who]
        if user.blocked:
            return
        message = self.house.simulator.phones.send_text(user.id, words)
        self.sent[who].append(message.id)
