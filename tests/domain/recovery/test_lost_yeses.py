"""What may be kept by a yes that was lost when a backup was restored."""

import pytest

from domain.casework.work import mark_heard, resolve
from domain.consent.agreeing import keep_talk
from domain.consent.changing import change_consent
from domain.consent.ledger import Shown
from domain.notices import Notice
from domain.retention.without_consent import forget
from domain.retention_periods import TIME_TO_ANSWER
from storage.kinds import How, MessageKind, Outcome, Purpose, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case, Message
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.recovery.restoring import Recover


async def ended(centre: Centre) -> tuple[Returnee, Case]:
    """A talk that a life allowed, closed 29 days ago."""
    worker, person = await centre.colleague(), await centre.person(consents=False)
    case = await centre.claims(worker, await centre.signal(person, Severity.EMERGENCY))
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, worker, case.id, Outcome.HELPED)
    await centre.all_arrives()
    centre.later(days=29)
    return person, case


async def forgets(centre: Centre) -> None:
    async with centre.database.begin(SERVICE) as session:
        while await forget(session):
            await session.flush()


async def is_kept(centre: Centre, case: Case) -> bool:
    async with centre.database.begin(SERVICE) as session:
        return await session.get(Case, case.id) is not None


async def test_p5_a_talk_is_erased_only_once_its_person_was_asked_again_and_had_their_time(
    centre: Centre, restored: Recover
) -> None:
    _, case = await ended(centre)
    await restored()
    centre.clock.offset += TIME_TO_ANSWER
    centre.later(minutes=-1)
    await forgets(centre)
    assert len(await centre.sent(Notice.CASE_CLOSED)) == 1

    centre.later(minutes=2)
    for _ in range(2):
        await forgets(centre)
    assert len(await centre.sent(Notice.CASE_CLOSED)) == 2
    centre.later(days=29, hours=23)
    await forgets(centre)
    assert await is_kept(centre, case)
    centre.later(hours=2)
    await forgets(centre)
    assert not await is_kept(centre, case)


async def test_p5_whoever_says_once_more_that_it_may_be_kept_has_it_kept(
    centre: Centre, restored: Recover
) -> None:
    person, case = await ended(centre)
    await restored()
    centre.clock.offset += TIME_TO_ANSWER
    await forgets(centre)
    async with centre.database.begin(SERVICE) as session:
        assert await keep_talk(session, await session.get_one(Returnee, person.id), case.id)
    centre.later(days=60)
    await forgets(centre)
    assert await is_kept(centre, case)


async def test_p5_whoever_said_no_since_the_restore_is_not_asked_again(
    centre: Centre, restored: Recover
) -> None:
    person, case = await ended(centre)
    await restored()
    centre.later(days=1)
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        read = Shown("1", "May we?")
        await change_consent(session, returnee, Purpose.CASEWORKER, False, read, How.PRIVACY)
    centre.clock.offset += TIME_TO_ANSWER
    await forgets(centre)
    assert not await is_kept(centre, case)


async def test_p5_a_talk_that_ended_since_the_restore_is_erased_as_ever(
    centre: Centre, restored: Recover
) -> None:
    await restored()
    _, case = await ended(centre)
    centre.later(days=1, minutes=1)
    await forgets(centre)
    assert not await is_kept(centre, case)


@pytest.mark.parametrize("is_restored", [True, False])
async def test_p5_a_recording_that_was_heard_stays_for_the_time_in_which_a_lost_yes_is_asked(
    centre: Centre, restored: Recover, is_restored: bool
) -> None:
    worker, person = await centre.colleague(), await centre.person()
    await centre.claims(worker, await centre.signal(person))
    voice = await centre.hears(person, "v1", MessageKind.VOICE)
    assert voice is not None
    async with centre.database.begin(centre.organisation.id) as session:
        await mark_heard(session, worker, voice.id, "v1")
    if is_restored:
        await restored()
    centre.later(days=2)
    await forgets(centre)
    async with centre.database.begin(SERVICE) as session:
        waits = (await session.get_one(Message, voice.id)).forget_at
        assert (waits is not None) is is_restored
    centre.clock.offset += TIME_TO_ANSWER
    await forgets(centre)
    async with centre.database.begin(SERVICE) as session:
        assert (await session.get_one(Message, voice.id)).forget_at is None
