"""A no has its effects at once, and says what becomes of what is kept."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.casework.work import mark_heard, resolve, write
from domain.check_ins.answering import answer, begin
from domain.check_ins.answers import answers_of
from domain.consent import PURPOSES, give_consent, has_consent
from domain.consent.agreeing import keep_talk
from domain.consent.changing import change_consent
from domain.consent.reading import may_read
from domain.crisis.answering import answer_signal, ask_for_human
from domain.distress.assessment import Assessment
from domain.errors import Refused
from domain.messages.body import Body
from domain.messages.keeping import keep_message
from domain.messages.sealing import body_of
from domain.notices import Notice
from domain.replies.sending import Conditions
from domain.retention.without_consent import forget
from domain.returnees.chats import chat_id_of, know_returnees
from domain.returnees.enrolments import add_returnee
from domain.safeguarding.passing_on import pass_on
from domain.signals.opening import open_or_append
from storage.kinds import CaseEventKind, CaseState, How, MessageKind, Outcome, Purpose, Severity
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Case, Message
from storage.tables.consent import NoticeText
from storage.tables.returnees import Returnee, WrappedKey
from storage.tables.safeguarding import Complaint
from tests.counting import how_many
from tests.domain.centre import Centre
from tests.domain.checking_in import add_person, open_office, plan_check_in
from tests.domain.consent.saying import READ, says
from tests.domain.privacy.passing_on import complained
from tests.postgres import DatabaseUrls
from tests.racing import gate_before, stands_still


async def forgets(centre: Centre) -> None:
    async with centre.database.begin(SERVICE) as session:
        while await forget(session):
            await session.flush()


async def test_p5_the_exact_words_that_were_read_are_found_again_once(centre: Centre) -> None:
    for _ in range(2):
        await says(centre, await centre.person(), Purpose.VOICE, True)

    async with centre.database.begin(SERVICE) as session:
        [text] = await session.scalars(select(NoticeText))
        assert text.words == READ.words
        assert text.version == READ.version


async def test_p5_what_is_taken_back_from_a_caseworker_is_kept_from_them_at_once(
    centre: Centre,
) -> None:
    person = await centre.person()
    case = await centre.signal(person, Severity.URGENT)
    assert await centre.hears(person, "They called me again") is not None
    await says(centre, person, Purpose.CASEWORKER, False)

    assert await centre.hears(person, "Nobody shall read this") is None
    assert CaseEventKind.CONSENT_TAKEN_BACK in await centre.history(case.id)
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        heard = Assessment(Severity.URGENT, ask=False, reasons=("threat.x",))
        signal = await answer_signal(session, returnee, centre.organisation.id, heard)
        assert signal is None


async def test_p1_who_took_it_back_is_asked_about_words_that_are_not_clear(centre: Centre) -> None:
    person = await centre.person()
    await centre.signal(person, Severity.URGENT)
    await says(centre, person, Purpose.CASEWORKER, False)

    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        heard = Assessment(Severity.NONE, ask=True, reasons=("x.y",))
        await answer_signal(session, returnee, centre.organisation.id, heard)
    assert await centre.sent(Notice.HELP_OFFERED)


async def test_p5_who_took_it_back_is_written_to_only_when_a_life_may_depend_on_it(
    centre: Centre,
) -> None:
    worker, person = await centre.colleague(), await centre.person()
    case = await centre.claims(worker, await centre.signal(person))
    await says(centre, person, Purpose.CASEWORKER, False)

    with pytest.raises(Refused, match="unless a life depends on it"):
        await centre.writes(worker, case)
    async with centre.database.begin(centre.organisation.id) as session:
        await write(session, worker, case.id, "I fear for you.", Conditions(vital=True))


async def test_p1_an_emergency_goes_on_whatever_was_taken_back(centre: Centre) -> None:
    worker, person = await centre.colleague(), await centre.person()
    case = await centre.claims(worker, await centre.signal(person, Severity.EMERGENCY))
    await says(centre, person, Purpose.CASEWORKER, False)

    assert await centre.hears(person, "He is at the door") is not None
    await centre.writes(worker, case)


async def test_p5_once_an_emergency_is_closed_nobody_reads_along_any_more_who_is_not_wanted(
    centre: Centre,
) -> None:
    worker, person = await centre.colleague(), await centre.person()
    case = await centre.claims(worker, await centre.signal(person, Severity.EMERGENCY))
    await says(centre, person, Purpose.CASEWORKER, False)
    await centre.writes(worker, case)
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, worker, case.id, Outcome.HELPED)

    assert await centre.hears(person, "I am at my aunt's now") is None
    assert (await centre.fresh(case)).state is CaseState.RESOLVED


async def test_asking_for_a_person_is_agreeing_for_that_talk(centre: Centre) -> None:
    person = await centre.person(consents=False)
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        assert not await may_read(session, returnee)
        await ask_for_human(session, returnee)
    assert await centre.hears(person, "It is about my papers") is not None
    await says(centre, person, Purpose.CASEWORKER, False)
    assert await centre.hears(person, "No more") is None
    centre.later(seconds=1)
    async with centre.database.begin(SERVICE) as session:
        await ask_for_human(session, await session.get_one(Returnee, person.id))

    assert await centre.hears(person, "I changed my mind") is not None


@pytest.mark.parametrize("consents", [True, False])
async def test_p5_an_emergency_without_consent_is_erased_thirty_days_after_it_was_closed(
    centre: Centre, consents: bool
) -> None:
    worker, person = await centre.colleague(), await centre.person(consents=consents)
    case = await centre.claims(worker, await centre.signal(person, Severity.EMERGENCY))
    await centre.hears(person, "Help me")
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, worker, case.id, Outcome.HELPED)
    centre.later(days=29)
    await forgets(centre)
    assert await how_many(centre.database, Case) == 1
    centre.later(days=2)
    await forgets(centre)

    assert await how_many(centre.database, Case) == int(consents)
    assert await how_many(centre.database, Message) == int(consents)


async def test_p5_consent_that_follows_keeps_the_talk(centre: Centre) -> None:
    worker, person = await centre.colleague(), await centre.person(consents=False)
    case = await centre.claims(worker, await centre.signal(person, Severity.EMERGENCY))
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, worker, case.id, Outcome.HELPED)
    for _ in range(2):
        async with centre.database.begin(SERVICE) as session:
            await keep_talk(session, await session.get_one(Returnee, person.id))
    centre.later(days=31)
    await forgets(centre)

    assert (await centre.history(case.id)).count(CaseEventKind.AGREED) == 1


async def stranger_who_was_helped(centre: Centre) -> Returnee:
    """In an emergency, a month ago."""
    worker = await centre.colleague()
    async with centre.database.begin(SERVICE) as session:
        person = await add_returnee(session, 4711, centre.organisation, "sq")
    case = await centre.claims(worker, await centre.signal(person, Severity.EMERGENCY))
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, worker, case.id, Outcome.HELPED)
    centre.later(days=31)
    return person


@pytest.mark.parametrize(("said", "stays"), [([], 0), ([False], 0), ([True, False], 1)])
async def test_p6_a_stranger_whose_emergency_is_erased_is_a_stranger_again_unless_they_said_yes(
    centre: Centre, said: list[bool], stays: int
) -> None:
    person = await stranger_who_was_helped(centre)
    for granted in said:
        await says(centre, person, Purpose.CHECK_INS, granted)
    await forgets(centre)

    assert await how_many(centre.database, Case) == 0
    for table in (Returnee, WrappedKey):
        assert await how_many(centre.database, table) == stays


async def test_p6_what_a_stranger_confided_is_heard_before_their_talk_is_erased(
    centre: Centre,
) -> None:
    person = await stranger_who_was_helped(centre)
    complaint = await complained(centre, person)
    await forgets(centre)
    for table in (Returnee, Case, Complaint):
        assert await how_many(centre.database, table) == 1

    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Complaint, complaint.id)).closed_at = session.now
    await forgets(centre)
    assert await how_many(centre.database, Case) == 0
    # It stays as long as any other that was closed, and whoever told it with it.
    for table in (Returnee, Complaint):
        assert await how_many(centre.database, table) == 1


async def test_p6_race_of_forgetting_a_talk_and_what_a_stranger_confides_now(
    urls: DatabaseUrls, centre: Centre
) -> None:
    """The tick looked a moment before a worker passed it on."""
    person, worker = await stranger_who_was_helped(centre), await centre.colleague()
    async with gate_before(urls, "case") as gate, asyncio.TaskGroup() as group:
        async with centre.database.begin(SERVICE) as session:
            await gate.pass_by(session)
            await pass_on(session, worker, person.id, "Not that interpreter, please")
            await gate.shut()
            forgetting = group.create_task(forgets(centre))
            await stands_still(centre.database, forgetting)
        await gate.open()
    for table in (Returnee, Case, Complaint):
        assert await how_many(centre.database, table) == 1


async def test_p5_an_unwanted_recording_is_heard_first_and_forgotten_a_day_later(
    centre: Centre,
) -> None:
    worker, person = await centre.colleague(), await centre.person()
    kept = await centre.hears(person, "voice-file", MessageKind.VOICE)
    assert kept is not None
    centre.later(days=3)
    await forgets(centre)
    assert await says_of(centre, kept) == {"file_id": "voice-file"}

    async with centre.database.begin(centre.organisation.id) as session:
        await mark_heard(session, worker, kept.id, "voice-file")
    centre.later(hours=23)
    await forgets(centre)
    assert await says_of(centre, kept) == {"file_id": "voice-file"}
    centre.later(hours=2)
    await forgets(centre)
    assert await says_of(centre, kept) == {}


async def test_p5_taking_the_consent_to_voice_back_forgets_what_was_heard_and_waits_for_the_rest(
    centre: Centre,
) -> None:
    worker, person = await centre.colleague(), await centre.person()
    await says(centre, person, Purpose.VOICE, True)
    heard = await centre.hears(person, "heard", MessageKind.VOICE)
    unheard = await centre.hears(person, "unheard", MessageKind.PHOTO)
    assert heard is not None
    assert unheard is not None
    async with centre.database.begin(centre.organisation.id) as session:
        await mark_heard(session, worker, heard.id, "heard")
    centre.later(days=9)
    await forgets(centre)
    assert await says_of(centre, heard) == {"file_id": "heard"}

    await says(centre, person, Purpose.VOICE, False)
    await forgets(centre)
    assert await says_of(centre, heard) == {}
    assert await says_of(centre, unheard) == {"file_id": "unheard"}


async def says_of(centre: Centre, message: Message) -> Body:
    async with centre.database.begin(SERVICE) as session:
        return await body_of(session, await session.get_one(Message, message.id))


async def test_p5_without_consent_nothing_is_asked_or_kept_about_health_and_feelings(
    database: Database,
) -> None:
    office = await open_office(database)
    async with database.begin(SERVICE) as session:
        person = await add_person(
            session, office.organisation, 1, agrees_to=(Purpose.CHECK_INS, Purpose.CASEWORKER)
        )
        check_in = await plan_check_in(session, person, office)
        following = await begin(session, person, check_in)
        assert following.question is not None
        assert following.question.name == "contact"
        await answer(session, person, check_in.id, "safety", "unsafe")
        await answer(session, person, check_in.id, "contact", "no")
        assert await answers_of(session, check_in) == {"contact": "no"}
        [case] = await session.scalars(select(Case))
        assert case.severity is Severity.URGENT


async def test_p5_taking_back_the_consent_to_health_erases_what_was_answered(
    database: Database, clock: Clock
) -> None:
    office = await open_office(database)
    async with database.begin(SERVICE) as session:
        person = await add_person(session, office.organisation, 1)
        check_in = await plan_check_in(session, person, office)
        await answer(session, person, check_in.id, "safety", "safe")
        await answer(session, person, check_in.id, "contact", "no")
    clock.offset += timedelta(seconds=1)
    async with database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await change_consent(session, returnee, Purpose.ANSWERS, False, READ, How.PRIVACY)
        assert await answers_of(session, check_in) == {"contact": "no"}
        for purpose in PURPOSES[:2]:
            assert await has_consent(session, person.id, purpose)


async def test_p1_words_of_a_cry_are_kept_whatever_was_refused(centre: Centre) -> None:
    person = await centre.person(consents=False)
    case = await centre.signal(person, Severity.EMERGENCY)
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        cry = Body(text="Help", cry=True)
        kept = await keep_message(session, returnee, case, MessageKind.TEXT, cry, session.now)
    assert kept is not None


async def test_p6_race_of_forgetting_a_talk_and_somebody_who_agrees_now(centre: Centre) -> None:
    """Known by nothing else a moment ago, they are not forgotten with it."""
    person = await stranger_who_was_helped(centre)
    async with asyncio.TaskGroup() as group, centre.database.begin(SERVICE) as session:
        await know_returnees(session, [4711], locked=True)
        forgetting = group.create_task(forgets(centre))
        await stands_still(centre.database, forgetting)
        await give_consent(session, person, Purpose.CHECK_INS, True, "1")
    async with centre.database.begin(SERVICE) as session:
        assert await has_consent(session, person.id, Purpose.CHECK_INS)


async def test_p1_race_of_forgetting_a_talk_and_a_cry_loses_none_of_it(centre: Centre) -> None:
    """Whoever cries locks the person and then their newest case; so must whoever forgets it."""
    worker, person = await centre.colleague(), await centre.person(consents=False)
    case = await centre.claims(worker, await centre.signal(person, Severity.EMERGENCY))
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, worker, case.id, Outcome.HELPED)
        chat_id = chat_id_of(session, await session.get_one(Returnee, person.id))
    centre.later(days=31)
    async with asyncio.TaskGroup() as group, centre.database.begin(SERVICE) as session:
        await know_returnees(session, [chat_id], locked=True)
        forgetting = group.create_task(forgets(centre))
        await stands_still(centre.database, forgetting)
        cried = await open_or_append(
            session, person, centre.organisation.id, Severity.EMERGENCY, ["threat.threatened"]
        )
    assert await how_many(centre.database, Case) == 2
    await centre.claims(worker, cried)
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, worker, cried.id, Outcome.HELPED)
    centre.later(minutes=1)
    await forgets(centre)
    async with centre.database.begin(SERVICE) as session:
        assert (await session.scalars(select(Case.id))).all() == [cried.id]


async def test_p6_a_talk_that_nobody_agreed_to_stays_until_a_newer_case_of_theirs_is_closed(
    centre: Centre,
) -> None:
    """Whoever works on it reads what was said before."""
    person = await stranger_who_was_helped(centre)
    worker, case = await centre.colleague(), await centre.signal(person, Severity.EMERGENCY)
    await centre.claims(worker, case)
    await forgets(centre)
    assert await how_many(centre.database, Case) == 2
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, worker, case.id, Outcome.HELPED)
    await forgets(centre)

    async with centre.database.begin(SERVICE) as session:
        assert (await session.scalars(select(Case.id))).all() == [case.id]


async def test_p5_race_of_closing_a_talk_and_taking_the_consent_back(centre: Centre) -> None:
    """Whichever comes first, what nobody agrees to any more goes after 30 days."""
    worker, person = await centre.colleague(), await centre.person()
    case = await centre.claims(worker, await centre.signal(person))
    async with (
        asyncio.TaskGroup() as group,
        centre.database.begin(centre.organisation.id) as session,
    ):
        await resolve(session, worker, case.id, Outcome.HELPED)
        refusing = group.create_task(says(centre, person, Purpose.CASEWORKER, False))
        await stands_still(centre.database, refusing)
    assert (await centre.fresh(case)).erase_at is not None
