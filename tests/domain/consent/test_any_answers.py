"""Whatever people give and take back, in whatever order: nothing goes on without it (P5)."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Any, TypeVar

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from domain.actors import Actor
from domain.casework.work import mark_heard
from domain.check_ins.answering import answer
from domain.check_ins.sending import send_due
from domain.consent import PURPOSES, Shown, has_consent
from domain.consent.changing import change_consent
from domain.crisis.answering import answer_signal
from domain.distress.assessment import Assessment
from domain.messages.body import Body
from domain.messages.keeping import keep_message
from domain.messages.sealing import body_of
from domain.notices import Notice
from domain.retention.without_consent import forget
from domain.safeguarding import handling
from domain.safeguarding.complaints import hear_in_confidence
from storage.kinds import CheckInState, How, MessageKind, Purpose, Role, Severity
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Case, Message
from storage.tables.check_ins import Answer
from storage.tables.consent import Consent
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import Complaint, ComplaintMessage
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre
from tests.domain.checking_in import Office, add_person, open_office, plan_check_in
from tests.domain.checking_in import told as told_of
from tests.examples import examples

READ = Shown("2-test", "What I read.")
NUMBERS = count(1)
Sent = TypeVar("Sent", Message, ComplaintMessage)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.sampled_from(PURPOSES), st.booleans()),
        st.tuples(
            st.sampled_from(["check-in", "answer", "write", "cry less", "record", "confide"])
        ),
    ),
    max_size=8,
)


@dataclass
class World:
    """One person, and what the model expects to hold of them."""

    database: Database
    clock: Clock
    office: Office
    person: Returnee
    yes: set[Purpose] = field(default_factory=set)
    recordings: int = 0

    @property
    def worker(self) -> Actor:
        return Actor(self.office.coordinator.staff_id, self.office.organisation.id, Role.CASEWORKER)

    async def say(self, purpose: Purpose, granted: bool) -> None:
        async with self.database.begin(SERVICE) as session:
            returnee = await session.get_one(Returnee, self.person.id)
            await change_consent(session, returnee, purpose, granted, READ, How.PRIVACY)
        (self.yes.add if granted else self.yes.discard)(purpose)

    async def check_in(self) -> None:
        """Only who agreed gets a prompt. A day later: nobody is asked twice within an hour."""
        self.clock.offset += timedelta(days=1)
        before = len(await told_of(self.database, Notice.CHECK_IN_PROMPT))
        async with self.database.begin(SERVICE) as session:
            row = await plan_check_in(session, self.person, self.office)
            await send_due(session)
            await session.refresh(row)
            sent = row.state is CheckInState.SENDING
        after = len(await told_of(self.database, Notice.CHECK_IN_PROMPT))
        assert sent is (after > before) is (Purpose.CHECK_INS in self.yes)

    async def answer(self) -> None:
        """An old button, whatever was said since."""
        async with self.database.begin(SERVICE) as session:
            row = await plan_check_in(session, self.person, self.office)
            row.state = CheckInState.SENT
            await session.flush()
            for question, choice in (("threat", "no"), ("need", "papers"), ("contact", "no")):
                await answer(session, self.person, row.id, question, choice)
            kept = set(
                await session.scalars(select(Answer.question).where(Answer.check_in_id == row.id))
            )
        if Purpose.CHECK_INS not in self.yes:
            assert kept == set()
        elif Purpose.ANSWERS not in self.yes:
            assert kept == {"contact"}
        else:
            assert kept == {"threat", "need", "contact"}

    async def write(self) -> None:
        """Plain words lie nowhere while nobody has a case of theirs."""
        async with self.database.begin(SERVICE) as session:
            plain = Body(text="My plain words")
            assert not await keep_message(
                session, self.person, None, MessageKind.TEXT, plain, session.now
            )

    async def cry_less(self) -> None:
        """Less than an emergency opens a case by itself only for who agreed."""
        async with self.database.begin(SERVICE) as session:
            case = await answer_signal(
                session,
                await session.get_one(Returnee, self.person.id),
                self.office.organisation.id,
                Assessment(Severity.URGENT, ask=False, reasons=("threat.x",)),
            )
            assert (case is not None) is (Purpose.CASEWORKER in self.yes)
            await session.execute(delete(Case))

    async def record(self) -> None:
        """Heard by a human in any case, and kept a day later only for who agreed."""
        self.recordings += 1
        async with self.database.begin(SERVICE) as session:
            body = Body(file_id=f"voice-{self.recordings}")
            kept = await keep_message(
                session, self.person, None, MessageKind.VOICE, body, session.now
            )
            assert kept is not None
            assert kept.listen_by is not None
            await mark_heard(session, self.worker, kept.id, body["file_id"])
        await self.a_day_later(Message)
        async with self.database.begin(SERVICE) as session:
            await session.execute(delete(Case))

    async def confide(self) -> None:
        """The same of a recording that is told in confidence."""
        self.recordings += 1
        keeper = replace(self.worker, role=Role.SAFEGUARDING)
        async with self.database.begin(SERVICE) as session:
            returnee = await session.get_one(Returnee, self.person.id)
            body = Body(file_id=f"voice-{self.recordings}")
            voice, none = MessageKind.VOICE, Severity.NONE
            complaint = await hear_in_confidence(session, returnee, voice, body, none)
            told = await session.scalars(select(ComplaintMessage.id))
            await handling.mark_heard(session, keeper, complaint.id, told.one())
        await self.a_day_later(ComplaintMessage)
        async with self.database.begin(SERVICE) as session:
            await session.execute(delete(Complaint))

    async def a_day_later(self, sent: type[Sent]) -> None:
        self.clock.offset += timedelta(hours=25)
        async with self.database.begin(SERVICE) as session:
            while await forget(session):
                pass
            recorded = select(sent).where(sent.kind == MessageKind.VOICE)
            for message in await session.scalars(recorded):
                assert ("file_id" in await body_of(session, message)) is (Purpose.VOICE in self.yes)


@settings(max_examples=examples(0.12), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
@example([("say", Purpose.CHECK_INS, True), ("check-in",)])
@example([("confide",), ("say", Purpose.VOICE, True), ("confide",)])
async def test_p5_p1_whatever_is_given_and_taken_back_nothing_is_asked_or_kept_without_it(
    database: Database, clock: Clock, steps: list[tuple[Any, ...]]
) -> None:
    set_clock(clock, MORNING)
    number = next(NUMBERS)
    office = await open_office(database, f"Office {number}")
    async with database.begin(SERVICE) as session:
        person = await add_person(session, office.organisation, number, agrees_to=())
    world = World(database, clock, office, person)
    for step, *given_ in steps:
        clock.offset += timedelta(seconds=1)
        await getattr(world, step.replace("-", "_").replace(" ", "_"))(*given_)

    async with database.begin(SERVICE) as session:
        for purpose in PURPOSES:
            assert await has_consent(session, person.id, purpose) is (purpose in world.yes)
        lines = await session.scalars(select(Consent).where(Consent.returnee_id == person.id))
        said = [step for step in steps if step[0] == "say"]
        assert sorted((line.purpose, line.granted) for line in lines) == sorted(
            (purpose, granted) for _, purpose, granted in said
        )


async def test_p5_taking_the_consent_to_voice_back_forgets_what_safeguarding_heard_and_no_more(
    centre: Centre,
) -> None:
    keeper, person = await centre.colleague(Role.SAFEGUARDING), await centre.person()
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await change_consent(session, returnee, Purpose.VOICE, True, READ, How.PRIVACY)
        for file_id in ("heard", "unheard"):
            body, voice = Body(file_id=file_id), MessageKind.VOICE
            complaint = await hear_in_confidence(session, returnee, voice, body, Severity.NONE)
        told = await session.scalars(select(ComplaintMessage).order_by(ComplaintMessage.number))
        await handling.mark_heard(session, keeper, complaint.id, told.all()[0].id)

    async def kept() -> list[str | None]:
        async with centre.database.begin(SERVICE) as session:
            await forget(session)
            told = await session.scalars(select(ComplaintMessage).order_by(ComplaintMessage.number))
            return [(await body_of(session, each)).get("file_id") for each in told]

    centre.later(days=9)
    assert await kept() == ["heard", "unheard"]
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await change_consent(session, returnee, Purpose.VOICE, False, READ, How.PRIVACY)
    assert await kept() == [None, "unheard"]
