import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.alerts import telling
from domain.alerts.telling import escalate
from domain.casework.work import mark_heard, snooze
from domain.consent import give_consent
from domain.duty import go_off_duty
from domain.duty.declaring import name_fallback
from domain.notices import Notice
from domain.organisations import set_staff_chat
from storage.kinds import CaseEventKind, CaseState, MessageKind, Purpose, Role, Severity
from storage.sessions import SERVICE, Session
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff
from storage.wakes import Topic
from tests.domain.centre import Centre

VERA, ANA, CHIEF, GROUP = 11, 12, 13, -100


async def test_p2_alerts_come_at_once_at_half_at_the_deadline_and_on_and_on(
    centre: Centre,
) -> None:
    await centre.colleague(chat=VERA, on_duty=True)
    await centre.signal(await centre.person(), Severity.URGENT)
    counts = []
    for minutes in (0, 29, 2, 30, 29, 2, 31, 31):
        centre.later(minutes=minutes)
        await centre.tick()
        counts.append(len(await centre.alerted()))

    # At 0, 29, 31, 61, 90, 92, 123 and 154 minutes.
    assert counts == [1, 1, 2, 3, 3, 4, 5, 6]


async def test_p2_from_the_deadline_on_supervisors_who_are_off_duty_hear_it_too(
    centre: Centre,
) -> None:
    await centre.colleague(chat=VERA, on_duty=True)
    await centre.colleague(chat=ANA)
    await centre.colleague(Role.SUPERVISOR, chat=CHIEF)
    await centre.signal(await centre.person(), Severity.EMERGENCY)
    centre.later(minutes=3)
    await centre.tick()
    assert await centre.alerted() == [VERA, VERA]

    centre.later(minutes=3)
    await centre.tick()
    assert (await centre.alerted())[2:] == [VERA, CHIEF]


@pytest.mark.parametrize("named", [True, False], ids=["named", "not named"])
async def test_p2_from_the_deadline_on_whoever_stands_behind_them_hears_it_without_a_supervisor(
    centre: Centre, named: bool
) -> None:
    await centre.colleague(chat=VERA, on_duty=True)
    ana = await centre.colleague(chat=ANA)
    await centre.colleague(Role.COORDINATOR, chat=CHIEF)
    if named:
        async with centre.database.begin(centre.organisation.id) as session:
            boss = await centre.colleague(Role.ADMIN)
            await name_fallback(session, boss, [ana.staff_id])
    await centre.signal(await centre.person(), Severity.EMERGENCY)
    centre.later(minutes=3)
    await centre.tick()
    assert await centre.alerted() == [VERA, VERA]

    centre.later(minutes=3)
    await centre.tick()
    assert (await centre.alerted())[2:] == [VERA, ANA]


async def test_p2_a_supervisor_who_is_on_duty_stands_behind_nobody(centre: Centre) -> None:
    boss = await centre.colleague(Role.SUPERVISOR, chat=CHIEF, on_duty=True)
    ana = await centre.colleague(chat=ANA)
    await centre.colleague(chat=VERA)
    async with centre.database.begin(centre.organisation.id) as session:
        await name_fallback(session, boss, [boss.staff_id, ana.staff_id])
    await centre.signal(await centre.person(), Severity.EMERGENCY)
    centre.later(minutes=6)
    await centre.tick()

    assert await centre.alerted() == [CHIEF, CHIEF, ANA]


async def test_p2_whoever_writes_on_and_on_does_not_put_off_the_next_alert(centre: Centre) -> None:
    await centre.colleague(chat=VERA, on_duty=True)
    person = await centre.person()
    case = await centre.signal(person, Severity.EMERGENCY)
    for _ in range(36):
        centre.later(minutes=1)
        await centre.hears(person, "Is anybody there?")
        await centre.signal(person, Severity.EMERGENCY)
        await centre.hears(person, "file", MessageKind.VOICE)
        await centre.tick()

    # At once, at half, at the deadline, and every ten minutes from then on.
    assert (await centre.history(case.id)).count(CaseEventKind.ALERTED) == 6


async def test_p2_with_nobody_on_duty_everyone_who_could_act_is_alerted(centre: Centre) -> None:
    vera = await centre.colleague(chat=VERA, on_duty=True)
    await centre.colleague(Role.SUPERVISOR, chat=CHIEF)
    await centre.colleague(Role.COORDINATOR, chat=ANA)
    async with centre.database.begin(SERVICE) as session:
        await go_off_duty(session, vera)
    await centre.signal(await centre.person())

    assert sorted(await centre.alerted()) == [VERA, CHIEF]


async def test_p2_words_to_the_person_end_the_alerts(centre: Centre) -> None:
    vera = await centre.colleague(chat=VERA, on_duty=True)
    case = await centre.signal(await centre.person(), Severity.EMERGENCY)
    await centre.claims(vera, case)
    await centre.writes(vera, case)
    centre.later(hours=5)

    assert await centre.tick() == 0


async def test_p2_a_claim_without_an_action_falls_back_and_a_supervisor_is_told(
    centre: Centre,
) -> None:
    vera = await centre.colleague(chat=VERA, on_duty=True)
    await centre.colleague(Role.SUPERVISOR, chat=CHIEF)
    case = await centre.signal(await centre.person(), Severity.URGENT)
    await centre.claims(vera, case)
    centre.later(minutes=14)
    assert await centre.tick() == 0

    centre.later(minutes=2)
    await centre.tick()
    returned = await centre.fresh(case)
    assert (returned.state, returned.claimed_by) == (CaseState.OPEN, None)
    assert CaseEventKind.RETURNED in await centre.history(case.id)
    assert (await centre.alerted())[1:] == [VERA, CHIEF]


async def test_p11_past_the_deadline_the_person_is_told_once_even_if_somebody_claimed(
    centre: Centre,
) -> None:
    vera = await centre.colleague(on_duty=True)
    case = await centre.signal(await centre.person(), Severity.URGENT)
    centre.later(minutes=55)
    await centre.tick()
    await centre.claims(vera, case)
    centre.later(minutes=6)
    await centre.tick()
    (told,) = await centre.sent(Notice.NOBODY_YET)
    assert told.params == {"severity": "urgent", "staffed": True}

    centre.later(hours=3)
    await centre.tick()
    assert (await centre.history(case.id)).count(CaseEventKind.TOLD_WAITING) == 1


async def test_p11_a_claim_that_fell_back_does_not_put_off_telling_the_person(
    centre: Centre,
) -> None:
    vera = await centre.colleague(on_duty=True)
    case = await centre.signal(await centre.person(), Severity.URGENT)
    await centre.claims(vera, case)
    # Falls back at 16 minutes and is alerted of again at 46 and 76; the deadline is at 60.
    for minutes in (16, 31):
        centre.later(minutes=minutes)
        await centre.tick()
    assert await centre.sent(Notice.NOBODY_YET) == []

    centre.later(minutes=14)
    await centre.tick()
    assert len(await centre.sent(Notice.NOBODY_YET)) == 1


async def test_p5_p11_whoever_wants_nobody_to_write_is_not_told_that_nobody_did(
    centre: Centre,
) -> None:
    """Nor that the team is called for them on and on."""
    await centre.colleague(chat=VERA, on_duty=True)
    person = await centre.person()
    case = await centre.signal(person, Severity.URGENT)
    centre.later(minutes=1)
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        await give_consent(session, known, Purpose.CASEWORKER, False, "1")
    centre.later(minutes=60)
    await centre.tick()

    assert await centre.sent(Notice.NOBODY_YET) == []
    assert CaseEventKind.TOLD_WAITING not in await centre.history(case.id)
    assert len(await centre.alerted()) > 0


async def test_p12_a_tick_that_runs_again_repeats_nothing(centre: Centre) -> None:
    await centre.colleague(chat=VERA, on_duty=True)
    await centre.signal(await centre.person(), Severity.EMERGENCY)
    centre.later(minutes=6)
    await centre.tick()
    alerts, told = await centre.alerted(), await centre.sent(Notice.NOBODY_YET)

    assert await centre.tick() == 0
    assert await centre.alerted() == alerts
    assert len(await centre.sent(Notice.NOBODY_YET)) == len(told) == 1


async def test_p2_an_address_that_cannot_be_opened_silences_no_other(centre: Centre) -> None:
    await centre.colleague(chat=VERA, on_duty=True)
    await centre.colleague(chat=ANA, on_duty=True)
    async with centre.database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, centre.organisation.id)
        set_staff_chat(session, organisation, GROUP)
        organisation.staff_chat = b"damaged"
        damaged = await session.scalar(select(Staff).where(Staff.telegram_chat.is_not(None)))
        assert damaged is not None
        damaged.telegram_chat = b"damaged"
    await centre.signal(await centre.person())

    assert len(await centre.alerted()) == 1


async def test_p12_ticks_on_several_replicas_at_once_share_the_cases(centre: Centre) -> None:
    await centre.colleague(chat=VERA, on_duty=True)
    for _ in range(6):
        await centre.signal(await centre.person(), Severity.EMERGENCY)
    await centre.all_arrives()
    centre.later(minutes=6)

    async def tick() -> int:
        async with centre.database.begin(SERVICE) as session:
            return await escalate(session)

    assert sum(await asyncio.gather(*(tick() for _ in range(4)))) == 6
    assert len(await centre.alerted()) == 12
    assert len(await centre.sent(Notice.NOBODY_YET)) == 6


async def test_an_outage_ends_in_one_alert_and_no_burst(centre: Centre) -> None:
    await centre.colleague(chat=VERA, on_duty=True)
    await centre.signal(await centre.person(), Severity.EMERGENCY)
    centre.later(days=3)
    await centre.tick()

    assert await centre.alerted() == [VERA, VERA]


async def test_a_snoozed_case_returns_when_due_to_whoever_has_it(centre: Centre) -> None:
    vera = await centre.colleague(chat=VERA)
    await centre.colleague(chat=ANA, on_duty=True)
    case = await centre.signal(await centre.person(), Severity.CONCERN)
    await centre.claims(vera, case)
    await centre.writes(vera, case)
    async with centre.database.begin(centre.organisation.id) as session:
        await snooze(session, vera, case.id, session.now + timedelta(days=2))
    centre.later(days=2, minutes=1)
    await centre.tick()

    back = await centre.fresh(case)
    assert (back.state, back.claimed_by) == (CaseState.CLAIMED, vera.staff_id)
    assert await centre.alerted() == [ANA, VERA]


async def test_p1_a_recording_is_alerted_of_until_a_human_has_heard_it(centre: Centre) -> None:
    vera = await centre.colleague(chat=VERA, on_duty=True)
    message = await centre.hears(await centre.person(), "file", MessageKind.VOICE)
    assert message is not None
    case = await centre.fresh(Case(id=message.case_id))
    await centre.claims(vera, case)
    await centre.writes(vera, case)
    counts = []
    for _ in range(3):
        centre.later(minutes=61)
        await centre.tick()
        counts.append(len(await centre.alerted()))
    async with centre.database.begin(centre.organisation.id) as session:
        await mark_heard(session, vera, message.id, "file")
    centre.later(hours=5)
    await centre.tick()

    assert counts == [2, 3, 4]
    assert len(await centre.alerted()) == 4


@pytest.mark.parametrize("answered", [False, True], ids=["not answered", "answered"])
async def test_a_second_emergency_goes_to_somebody_else(centre: Centre, answered: bool) -> None:
    vera = await centre.colleague(chat=VERA, on_duty=True)
    await centre.colleague(chat=ANA, on_duty=True)
    first = await centre.signal(await centre.person(), Severity.EMERGENCY)
    await centre.claims(vera, first)
    if answered:
        await centre.writes(vera, first)
    await centre.signal(await centre.person(), Severity.EMERGENCY)

    assert await centre.alerted() == [VERA, ANA, ANA]


async def test_p2_a_second_emergency_reaches_somebody_busy_if_there_is_nobody_else(
    centre: Centre,
) -> None:
    vera = await centre.colleague(chat=VERA, on_duty=True)
    await centre.claims(vera, await centre.signal(await centre.person(), Severity.EMERGENCY))
    await centre.signal(await centre.person(), Severity.EMERGENCY)

    assert await centre.alerted() == [VERA, VERA]


async def test_p2_where_all_who_are_there_have_an_emergency_whoever_is_behind_them_hears_at_once(
    centre: Centre,
) -> None:
    vera = await centre.colleague(chat=VERA, on_duty=True)
    boss = await centre.colleague(Role.SUPERVISOR, chat=CHIEF)
    async with centre.database.begin(centre.organisation.id) as session:
        await name_fallback(session, boss, [boss.staff_id])
    await centre.claims(vera, await centre.signal(await centre.person(), Severity.EMERGENCY))
    assert await centre.alerted() == [VERA]
    await centre.signal(await centre.person(), Severity.EMERGENCY)

    assert await centre.alerted() == [VERA, VERA, CHIEF]


@pytest.mark.parametrize("switched_on", [True, False])
async def test_the_staff_group_is_alerted_only_where_the_organisation_switched_it_on(
    centre: Centre, switched_on: bool
) -> None:
    async with centre.database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, centre.organisation.id)
        if switched_on:
            set_staff_chat(session, organisation, GROUP)
    case = await centre.signal(await centre.person())

    alerts = await centre.sent(Notice.STAFF_ALERT)
    assert [alert.chat for alert in alerts] == ([GROUP] if switched_on else [])
    assert [alert.content["topic_of_case"] for alert in alerts] == [str(case.id)] * switched_on


async def test_p8_an_alert_holds_nothing_about_the_person(centre: Centre) -> None:
    await centre.colleague(chat=VERA, on_duty=True)
    async with centre.database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, centre.organisation.id)
        set_staff_chat(session, organisation, GROUP)
    person = await centre.person(language="uk")
    case = await centre.signal(person, Severity.EMERGENCY, ["violence.partner"])
    await centre.hears(person, "He is at the door")
    centre.later(minutes=6)
    await centre.tick()

    alerts = await centre.sent(Notice.STAFF_ALERT)
    assert len(alerts) == 4
    for alert in alerts:
        minutes = alert.params["minutes"]
        assert alert.params == {
            "code": case.code,
            "severity": "emergency",
            "language": "uk",
            "minutes": minutes,
        }
        assert minutes in (0, 6)
        assert set(alert.content) == {
            "notice",
            "params",
            "edit",
            "thread",
            "language",
            "discretion",
            "topic_of_case",
        }


async def test_an_alert_wakes_the_console(centre: Centre) -> None:
    async with centre.database.wakes.waiting(Topic.CASES) as woken:
        await centre.signal(await centre.person())
        assert woken.is_set()


async def test_p2_a_case_that_breaks_the_tick_silences_no_other(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    await centre.colleague(chat=VERA, on_duty=True)
    broken = await centre.signal(await centre.person(), Severity.EMERGENCY)
    await centre.signal(await centre.person(), Severity.EMERGENCY)
    before = len(await centre.alerted())
    alert = telling.alert

    async def alert_unless_broken(session: Session, case: Case) -> None:
        if case.id == broken.id:
            raise LookupError("a fault of ours")
        await alert(session, case)

    monkeypatch.setattr(telling, "alert", alert_unless_broken)
    centre.later(minutes=6)
    await centre.tick()

    assert len(await centre.alerted()) > before
