import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from dialogs.presses import AnswerDrill, ClaimCase, CloseCase
from domain.actors import Actor
from domain.cases.topics import NUMBER_UNKNOWN, set_topic
from domain.duty import drills, on_duty
from domain.organisations import add_organisation, set_staff_chat
from domain.staff import add_staff
from domain.staff.accounts import speak
from storage.kinds import CaseState, Outcome, Role, Severity
from storage.sessions import SERVICE, Database
from storage.tables.cases import Case
from storage.tables.duty import Drill
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from tests.handlers.conftest import NewPhone
from tests.handlers.cries import EMERGENCY, cases, words_from_a_caseworker
from tests.handlers.phone import Phone, Said
from tests.handlers.staff import GROUP, TOPIC, staff_phone


async def test_a_staff_code_joins_once(
    new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    async with database.begin(SERVICE) as session:
        new = await add_staff(session, "Ilir", organisation, Role.CASEWORKER)
    await new_phone(77).write(f"/start {new.telegram_code}")
    [refusal] = await new_phone(78).write(f"/start {new.telegram_code}")

    assert "used already" in refusal.text


async def test_whoever_joins_is_spoken_to_as_their_phone_is_until_they_choose(
    new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    async with database.begin(SERVICE) as session:
        new = await add_staff(session, "Ilir", organisation, Role.CASEWORKER)
        chose = await add_staff(session, "Ana", organisation, Role.CASEWORKER)
        await speak(session, chose.id, "sq")
    [joined] = await new_phone(77, "uk-UA").write(f"/start {new.telegram_code}")
    [duty] = await new_phone(77, "en").write("/duty")
    [other] = await new_phone(78, "uk-UA").write(f"/start {chose.telegram_code}")

    assert "Вас підключено" in joined.text
    assert "Ви не на чергуванні" in duty.text
    assert "U lidhët" in other.text


async def test_a_made_up_staff_code_is_refused_with_what_to_do(phone: Phone) -> None:
    [refusal] = await phone.write("/start s-0000000000000000")

    assert "Ask whoever gave it to you" in refusal.text


async def test_duty_is_gone_on_and_off_by_a_command(
    new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    phone = await staff_phone(new_phone, database, organisation)
    [on] = await phone.write("/duty on")
    async with database.begin(SERVICE) as session:
        assert len(await on_duty(session, organisation.id)) == 1
    [asked] = await phone.write("/duty")
    [off] = await phone.write("/duty off")

    assert "on duty until" in on.text
    assert asked.text == on.text
    assert "off duty" in off.text


async def test_a_drill_is_answered_with_a_tap(
    new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    phone = await staff_phone(new_phone, database, organisation)
    await phone.write("/duty on")
    async with database.begin(SERVICE) as session:
        new = await add_staff(session, "Jon", organisation, Role.COORDINATOR)
        jon = Actor(new.id, organisation.id, Role.COORDINATOR)
        await drills.start(session, jon)
        drill = (await session.scalars(select(Drill.id))).one()
    await phone.press_data(AnswerDrill(drill=drill).pack())

    async with database.begin(SERVICE) as session:
        seen = await drills.last_drill(session, jon)
        assert seen is not None
        assert seen.passed_at is not None


async def test_p8_an_alert_says_nothing_of_the_person_and_is_claimed_with_a_tap(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    await worker.write("/duty on")
    answer, alert = sorted(await phone.write("/help"), key=lambda each: each.chat != phone.user_id)
    assert "Somebody is on duty" in answer.text
    assert alert.chat == worker.user_id
    assert re.search(r"Urgent · case <b>\S+</b>", alert.text)
    [claimed] = await worker.press_data(alert.data("Claim"))

    assert "is claimed" in claimed.text
    async with database.begin(SERVICE) as session:
        case = await session.scalar(select(Case))
    assert case is not None
    assert case.state is CaseState.CLAIMED


async def test_whoever_claims_an_emergency_in_telegram_reads_what_went_back_for_it(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    await phone.write("/help")
    [queue] = await worker.write("/queue")
    [claimed] = await worker.press_data(queue.data("Claim"))
    assert "went back" not in claimed.text
    [first] = await cases(database)
    await new_phone(43).write(EMERGENCY)
    [emergency] = [case for case in await cases(database) if case.id != first.id]
    [claimed] = await worker.press_data(ClaimCase(code=emergency.code).pack())

    assert f"These went back to your colleagues: {first.code}." in claimed.text


@pytest.mark.parametrize(("topic", "told"), [(None, False), (NUMBER_UNKNOWN, False), (TOPIC, True)])
async def test_whoever_claims_a_case_reads_of_its_topic_only_where_words_can_be_written_there(
    new_phone: NewPhone,
    phone: Phone,
    database: Database,
    organisation: Organisation,
    topic: int | None,
    told: bool,
) -> None:
    """A staff group may have no topics, or one of which Telegram did not say the number."""
    worker = await staff_phone(new_phone, database, organisation)
    await phone.write("/help")
    async with database.begin(SERVICE) as session:
        ours = await session.get_one(Organisation, organisation.id)
        set_staff_chat(session, ours, GROUP)
        if topic is not None:
            set_topic(session, (await session.scalars(select(Case))).one(), topic)
    [queue] = await worker.write("/queue")
    [claimed] = await worker.press_data(queue.data("Claim"))
    [hint] = await worker.write("She says that he will kill her")

    assert "write to the person in the console" in claimed.text
    assert ("in the case's topic" in claimed.text) is told
    assert "Words to a person go through the console" in hint.text
    assert ("through the case's topic" in hint.text) is told


async def test_a_case_is_closed_by_two_taps_and_only_by_whoever_has_it(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    other = await staff_phone(new_phone, database, organisation, user_id=78)
    await phone.write("/help")
    [queue] = await worker.write("/queue")
    [claimed] = await worker.press_data(queue.data("Claim"))
    [asked] = await worker.press_data(claimed.data("Close the case"))
    assert "how did it end?" in asked.text
    helped = asked.data("They got the help they asked for")

    assert await other.press_data(helped) == []
    assert other.toast.text == "Claim this case first."
    sent = await worker.press_data(helped)
    assert {each.chat for each in sent} == {worker.user_id, phone.user_id}
    async with database.begin(SERVICE) as session:
        case = (await session.scalars(select(Case))).one()
    assert (case.state, case.outcome) == (CaseState.RESOLVED, Outcome.HELPED)


async def asked_how_it_ended(worker: Phone) -> Said:
    [queue] = await worker.write("/queue")
    [claimed] = await worker.press_data(queue.data("Claim"))
    [asked] = await worker.press_data(claimed.data("Close the case"))
    return asked


async def test_p1_no_case_is_closed_by_a_tap_over_a_cry_that_came_since_it_was_asked_how_it_ended(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    await phone.write("/help")
    helped = (await asked_how_it_ended(worker)).data("They got the help")
    await phone.write(EMERGENCY)

    assert await worker.press_data(helped) == []
    assert "read it first" in str(worker.toast.text)
    [case] = await cases(database)
    assert (case.state, case.severity) == (CaseState.CLAIMED, Severity.EMERGENCY)
    [asked] = await worker.press_data(CloseCase(code=case.code).pack())
    await worker.press_data(asked.data("They got the help"))
    [case] = await cases(database)
    assert case.state is CaseState.RESOLVED


async def test_p1_the_button_that_closed_a_case_closes_it_no_second_time_once_it_is_open_again(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    await phone.write("/help")
    helped = (await asked_how_it_ended(worker)).data("They got the help")
    await worker.press_data(helped)
    database.clock.offset += timedelta(days=3)
    await phone.write("/help")
    await asked_how_it_ended(worker)

    assert await worker.press_data(helped) == []
    [case] = await cases(database)
    assert case.state is CaseState.CLAIMED


async def test_p9_a_button_of_an_older_release_that_closed_a_case_asks_how_it_ended(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    await phone.write("/help")
    await asked_how_it_ended(worker)
    [case] = await cases(database)
    [asked] = await worker.press_data(f"kc:{case.code}:helped")

    assert "how did it end?" in asked.text
    [case] = await cases(database)
    assert case.state is CaseState.CLAIMED


async def test_p9_staff_are_answered_below_a_message_that_is_too_old_or_gone(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    gone = {"message_id": 500, "date": 0, "chat": {"id": worker.user_id, "type": "private"}}
    await phone.write("/help")
    [queue] = await worker.write("/queue")
    [claimed] = await worker.press_data(queue.data("Claim"), message=gone)
    [asked] = await worker.press_data(claimed.data("Close the case"), message=gone)
    assert "how did it end?" in asked.text
    sent = await worker.press_data(asked.data("They got the help they asked for"), message=gone)

    assert worker.user_id in {each.chat for each in sent}


async def test_the_second_to_claim_is_told_who_has_it(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation
) -> None:
    first = await staff_phone(new_phone, database, organisation)
    second = await staff_phone(new_phone, database, organisation, user_id=78)
    await phone.write("/help")
    [queue] = await second.write("/queue")
    claim = queue.data("Claim")
    await first.press_data(claim)
    said = await second.press_data(claim)

    assert said == []
    assert second.toast.text == "Ilir has this case already."


async def test_the_queue_shows_open_cases_and_an_empty_one_says_so(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    [empty] = await worker.write("/queue")
    await phone.write("/help")
    [queue] = await worker.write("/queue")

    assert "empty" in empty.text
    assert "1 open case:" in queue.text


async def test_nobody_has_waited_for_less_than_no_minute_after_a_clock_that_was_ahead(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    database.clock.offset += timedelta(hours=1)
    await phone.write("/help")
    database.clock.offset -= timedelta(hours=1)
    [queue] = await worker.write("/queue")

    assert "Waiting 0 minutes." in queue.text


async def test_whoever_was_answered_waits_no_more_in_telegram(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    await phone.write("/help")
    [waits] = await worker.write("/queue")
    await words_from_a_caseworker(database, organisation)
    [answered] = await worker.write("/queue")

    assert "Waiting 0 minutes." in waits.text
    assert answered.text.endswith("waiting for the person")


async def test_p10_a_coordinator_has_no_queue(
    new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    phone = await staff_phone(new_phone, database, organisation, Role.COORDINATOR)
    [refusal] = await phone.write("/queue")

    assert "Your role does not reach that far" in refusal.text


async def test_p10_a_case_of_another_organisation_does_not_exist(
    new_phone: NewPhone, phone: Phone, database: Database, organisation: Organisation
) -> None:
    async with database.begin(SERVICE) as session:
        other = await add_organisation(session, "Elsewhere")
    stranger = await staff_phone(new_phone, database, other)
    await phone.write("/help")
    async with database.begin(SERVICE) as session:
        code = await session.scalar(select(Case.code))
    said = await stranger.press_data(f"k:{code}")

    assert said == []
    assert stranger.toast.text == "There is no such case."


async def test_the_watch_does_not_read_staff_and_what_they_write_gets_a_hint(
    new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    [hint] = await worker.write("She says that he will kill her")

    assert "/queue and /duty" in hint.text
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(Case)) is None


async def test_p10_no_colleague_becomes_a_person_of_ours_by_changing_words_to_help(
    new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    phone = await staff_phone(new_phone, database, organisation)
    first = phone.message(text="hello")
    await phone.send(message=first)
    said = await phone.send(edited_message=first | {"text": "/help", "edit_date": 100})

    async with database.begin(SERVICE) as session:
        assert (await session.scalars(select(Returnee))).all() == []
        assert (await session.scalars(select(Case))).all() == []
    assert said == []


async def test_a_returnee_who_presses_claim_gets_a_menu_and_no_case(
    phone: Phone, database: Database
) -> None:
    await phone.write("/help")
    async with database.begin(SERVICE) as session:
        code = await session.scalar(select(Case.code))
    [menu] = await phone.press_data(f"k:{code}")

    assert "What do you need" in menu.text
    async with database.begin(SERVICE) as session:
        case = await session.scalar(select(Case))
    assert case is not None
    assert case.state is CaseState.OPEN


async def test_p2_that_a_colleague_blocked_the_bot_is_told_at_once_and_until_it_works_again(
    new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    await staff_phone(new_phone, database, organisation, Role.SUPERVISOR)
    worker = await staff_phone(new_phone, database, organisation, user_id=78)
    bot = {"id": 42, "is_bot": True, "first_name": "Wayhome"}
    change = {
        "chat": worker.message()["chat"],
        "from": worker.user,
        "date": 1,
        "old_chat_member": {"status": "member", "user": bot},
        "new_chat_member": {"status": "kicked", "user": bot, "until_date": 0},
    }
    back = change | {"new_chat_member": {"status": "member", "user": bot}}

    for again in ({"my_chat_member": back}, {"message": worker.message(text="/queue")}):
        [told] = await worker.send(my_chat_member=change)
        assert (told.chat, told.notice) == (77, "staff-channel-fails")
        assert await worker.send(my_chat_member=change) == []
        await worker.send(**again)
