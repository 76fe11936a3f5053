"""What nobody knew for an hour, not even how it travels: whoever waits for it sees that."""

from uuid import UUID

from sqlalchemy import select, text

from bot.delivery.courier import Courier
from domain.safeguarding.handling import answer_complaint
from storage.kinds import CaseEventKind, CheckInState, Role
from storage.sessions import SERVICE, Clock, Database
from storage.tables.safeguarding import ComplaintMessage
from tests.bot.delivering import deliver
from tests.bot.releases import HALF_A_MINUTE, change, prompts
from tests.domain.centre import Centre
from tests.domain.checking_in import kept
from tests.domain.safeguarding.telling import seen, tells
from tests.simulator_server import RunningSimulator


async def its_hour_is_over(
    database: Database, courier: Courier, clock: Clock, of: UUID | None
) -> str:
    """Of the row whose id, case or check-in this is; as what it ends."""
    which = "WHERE :of IN (id, case_id, check_in_id)"
    await change(database, f"UPDATE outbox SET notice_class = 'telepathy' {which}", of=of)
    await deliver(courier)
    await change(database, f"UPDATE outbox SET tries = 120 {which}", of=of)
    clock.offset += HALF_A_MINUTE
    await deliver(courier)
    async with database.begin(SERVICE) as session:
        return await session.scalar(text(f"SELECT state FROM outbox {which}"), {"of": of}) or ""


async def test_p2_a_workers_words_of_an_unknown_class_reached_nobody_and_the_case_says_so(
    centre: Centre, courier: Courier
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    words = await centre.writes(vera, case)
    ended = await its_hour_is_over(centre.database, courier, centre.clock, words.outbox_id)
    assert (ended, (await centre.history(case.id))[-1]) == ("failed", CaseEventKind.UNREACHED)


async def test_p2_others_hear_what_an_alert_of_an_unknown_class_was_to_say(
    centre: Centre, courier: Courier
) -> None:
    await centre.colleague(Role.SUPERVISOR, name="Drita")
    await centre.colleague(chat=801, on_duty=True)
    case = await centre.signal(await centre.person())
    before = await centre.fresh(case)
    assert await its_hour_is_over(centre.database, courier, centre.clock, case.id) == "failed"
    assert (await centre.fresh(case)).alerts_sent > before.alerts_sent


async def test_p2_an_answer_of_safeguardings_of_an_unknown_class_is_shown_as_not_delivered(
    centre: Centre, courier: Courier
) -> None:
    keeper, person = await centre.colleague(Role.SAFEGUARDING), await centre.person()
    await tells(centre, person)
    [complaint_id] = await seen(centre, keeper)
    async with centre.database.begin(SERVICE) as session:
        await answer_complaint(session, keeper, complaint_id, "I read you.")
    async with centre.database.begin(SERVICE) as session:
        answers = ComplaintMessage.outbox_id.is_not(None)
        [answer] = await session.scalars(select(ComplaintMessage).where(answers))
    ended = await its_hour_is_over(centre.database, courier, centre.clock, answer.outbox_id)
    async with centre.database.begin(SERVICE) as session:
        answer = await session.get_one(ComplaintMessage, answer.id)
    assert (ended, answer.unreached_at is not None) == ("failed", True)


async def test_p3_a_prompt_of_an_unknown_class_is_booked_as_never_sent(
    database: Database, courier: Courier, telegram: RunningSimulator, clock: Clock
) -> None:
    (_, check_in), _ = await prompts(database, telegram, clock)
    assert await its_hour_is_over(database, courier, clock, check_in.id) == "failed"
    assert (await kept(database, check_in.id)).state is CheckInState.FAILED


async def test_what_can_not_be_booked_either_goes_on_waiting_and_stops_no_other(
    database: Database, courier: Courier, telegram: RunningSimulator, clock: Clock
) -> None:
    (_, check_in), (_, other) = await prompts(database, telegram, clock)
    await change(database, "UPDATE check_in SET state = 'odd' WHERE id = :id", id=check_in.id)
    assert await its_hour_is_over(database, courier, clock, check_in.id) == "held"
    await deliver(courier)
    assert (await kept(database, other.id)).state is CheckInState.SENT
