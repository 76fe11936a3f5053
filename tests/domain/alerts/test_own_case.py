"""What whoever has a case hears of it: that it is theirs, and not to claim it."""

from datetime import timedelta

from dialogs.notices import render
from dialogs.texts import Texts
from domain.alerts.telling import alert_claimer
from domain.casework.work import snooze
from domain.duty.time_off import take_off
from domain.notices import Notice
from locales.catalogues import Catalogues
from storage.kinds import Discretion, Role, Severity
from storage.outbox.contents import Notification
from storage.sessions import SERVICE
from storage.tables.cases import Case
from tests.domain.centre import Centre

VERA, CHIEF = 11, 12


async def read_by(centre: Centre, chat: int) -> list[tuple[str, bool]]:
    """The alerts as they stand there, and whether there is a button below."""
    texts = Texts("en", Discretion.OPEN, Catalogues.load().of("en"))
    said = [sent for sent in await centre.sent(Notice.STAFF_ALERT) if sent.chat == chat]
    async with centre.database.begin(SERVICE) as session:
        seen = [
            await render(session, Notification(Notice.STAFF_ALERT, sent.params), texts, None)
            for sent in said
        ]
    return [(screen.text, screen.keyboard is not None) for screen in seen]


async def test_whoever_is_called_back_to_their_case_is_not_asked_to_claim_it(
    centre: Centre,
) -> None:
    vera = await centre.colleague(chat=VERA, on_duty=True)
    case = await centre.signal(await centre.person(), Severity.URGENT)
    await centre.claims(vera, case)
    await centre.writes(vera, case)
    async with centre.database.begin(centre.organisation.id) as session:
        await snooze(session, vera, case.id, session.now + timedelta(hours=2))
    centre.later(hours=2, minutes=1)
    await centre.tick()

    first, again = await read_by(centre, VERA)
    assert (first[1], "You have this case" in first[0]) == (True, False)
    assert (again[1], "You have this case" in again[0]) == (False, True)


async def test_a_colleague_who_hears_of_a_case_that_somebody_has_gets_the_button_as_before(
    centre: Centre,
) -> None:
    vera = await centre.colleague(chat=VERA, on_duty=True)
    person = await centre.person()
    case = await centre.signal(person, Severity.URGENT)
    await centre.claims(vera, case)
    await centre.colleague(chat=CHIEF, on_duty=True, name="Ana Leka")
    await centre.signal(person, Severity.EMERGENCY)

    assert [button for _, button in await read_by(centre, VERA)] == [True, False]
    assert [button for _, button in await read_by(centre, CHIEF)] == [True]


async def test_p2_what_whoever_is_on_leave_should_hear_of_their_case_goes_to_the_others(
    centre: Centre,
) -> None:
    chief = await centre.colleague(Role.SUPERVISOR)
    vera = await centre.colleague(chat=701)
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    await centre.writes(vera, case, "I am here.")
    await centre.colleague(chat=702, on_duty=True)
    async with centre.database.begin(centre.organisation.id) as session:
        days = session.now.date(), session.now.date() + timedelta(days=300)
        await take_off(session, chief, vera.staff_id, *days)
    before = await centre.alerted()
    async with centre.database.begin(SERVICE) as session:
        await alert_claimer(session, await session.get_one(Case, case.id))

    assert (await centre.alerted())[len(before) :] == [702]
    assert (await centre.fresh(case)).claimed_by is None
