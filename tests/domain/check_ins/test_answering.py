import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.check_ins.answering import Next, answer, ask_again, go_back, start_answering
from domain.check_ins.answers import opened
from domain.check_ins.asking import ask_check_in
from domain.consent import give_consent
from domain.notices import Notice
from domain.questionnaires.scales import PHQ_4
from domain.returnees.keys import data_key
from storage.keys.keyring import SealError
from storage.kinds import CheckInState, Purpose, Severity
from storage.sessions import SERVICE, Clock, Database
from storage.tables.check_ins import Answer, CheckIn
from storage.tables.returnees import Returnee
from tests.clock import MORNING, set_clock
from tests.domain.check_ins.pressing import answered, closes, press, reasons, take_form, the_case
from tests.domain.checking_in import (
    Office,
    add_person,
    invite_in,
    kept,
    leave,
    open_office,
    plan_check_in,
    told,
)
from tests.racing import stands_still

HARM = """
| survey |
| | type | name | label::English (en) | relevant |
| | select_one harm | threatened | Were you threatened? | |
| | select_one harm | beaten | Were you beaten? | |
| choices |
| | list_name | name | label::English (en) | wayhome_alert |
| | harm | no | No | |
| | harm | once | Once | urgent |
| | harm | often | Often | urgent |
"""


def name_of(following: Next) -> str | None:
    return following.question.name if following.question else None


async def test_questions_come_one_by_one_and_the_last_answer_ends_it(
    database: Database, returnee: Returnee, check_in: CheckIn
) -> None:
    async with database.begin(SERVICE) as session:
        first = await start_answering(session, returnee, check_in.id)
    assert name_of(first) == "safety"
    assert (await kept(database, check_in.id)).state is CheckInState.STARTED

    following = [
        await press(database, returnee, check_in, "safety", "safe"),
        await press(database, returnee, check_in, "threat", None),
        await press(database, returnee, check_in, "need", "work"),
        await press(database, returnee, check_in, "contact", "no"),
    ]

    assert [name_of(one) for one in following] == ["threat", "need", "contact", None]
    assert (await kept(database, check_in.id)).state is CheckInState.ANSWERED
    assert await answered(database, check_in) == {
        "safety": "safe",
        "threat": None,
        "need": "work",
        "contact": "no",
    }
    assert await the_case(database) is None


async def test_p7_an_answer_lies_under_the_persons_own_key(
    database: Database, returnee: Returnee, check_in: CheckIn
) -> None:
    await press(database, returnee, check_in, "safety", "mostly")
    async with database.begin(SERVICE) as session:
        body = (await session.scalars(select(Answer.body))).one()
        key = await data_key(session, returnee.id)
        assert opened(key, body) == "mostly"
        with pytest.raises(SealError):
            session.keys.open(body, "answer")


async def test_an_old_button_changes_the_answer_and_goes_on_where_they_were(
    database: Database, returnee: Returnee, check_in: CheckIn
) -> None:
    await press(database, returnee, check_in, "safety", "safe")
    await press(database, returnee, check_in, "threat", "no")
    following = await press(database, returnee, check_in, "safety", "mostly")

    assert name_of(following) == "need"
    assert (await answered(database, check_in))["safety"] == "mostly"


async def test_going_back_shows_the_question_before_and_changes_nothing(
    database: Database, returnee: Returnee, check_in: CheckIn
) -> None:
    await press(database, returnee, check_in, "safety", "safe")
    async with database.begin(SERVICE) as session:
        before = await go_back(session, returnee, check_in.id, "threat")

    assert name_of(before) == "safety"
    assert await answered(database, check_in) == {"safety": "safe"}


async def test_p9_whoever_goes_back_by_a_slip_and_skips_goes_on_and_the_answer_stays(
    database: Database, returnee: Returnee, check_in: CheckIn
) -> None:
    await press(database, returnee, check_in, "safety", "safe")
    async with database.begin(SERVICE) as session:
        await go_back(session, returnee, check_in.id, "threat")
    following = await press(database, returnee, check_in, "safety", None)

    assert name_of(following) == "threat"
    assert await answered(database, check_in) == {"safety": "safe"}


async def test_a_double_press_and_two_devices_at_once_count_once(
    database: Database, returnee: Returnee, check_in: CheckIn
) -> None:
    await asyncio.gather(
        *(press(database, returnee, check_in, "safety", "unsafe") for _ in range(4))
    )

    assert (await reasons(database)).count("check-in.safety.unsafe") == 1
    assert len(await told(database, Notice.CRISIS)) == 1


@pytest.mark.parametrize(
    ("question", "choice", "severity"),
    [
        ("safety", "danger", Severity.EMERGENCY),
        ("safety", "unsafe", Severity.URGENT),
        ("threat", "yes", Severity.URGENT),
        ("need", "housing", Severity.CONCERN),
        ("contact", "yes", Severity.URGENT),
    ],
)
async def test_a_worrying_answer_opens_a_case_at_once(
    database: Database,
    returnee: Returnee,
    check_in: CheckIn,
    question: str,
    choice: str,
    severity: Severity,
) -> None:
    await press(database, returnee, check_in, question, choice)

    case = await the_case(database)
    assert case is not None
    assert case.severity is severity
    assert f"check-in.{question}.{choice}" in await reasons(database)


async def test_somebody_in_danger_gets_help_and_no_more_questions(
    database: Database, returnee: Returnee, check_in: CheckIn
) -> None:
    following = await press(database, returnee, check_in, "safety", "danger")

    assert following.question is None
    assert len(await told(database, Notice.CRISIS)) == 1


async def test_p13_a_reassuring_answer_afterwards_lowers_nothing(
    database: Database, returnee: Returnee, check_in: CheckIn
) -> None:
    await press(database, returnee, check_in, "safety", "danger")
    await press(database, returnee, check_in, "safety", "safe")
    await press(database, returnee, check_in, "need", "nothing")

    case = await the_case(database)
    assert case is not None
    assert case.severity is Severity.EMERGENCY
    assert case.resolved_at is None
    assert await reasons(database) == ["check-in.safety.danger"]


@pytest.mark.parametrize(
    "booked",
    [
        CheckInState.SILENT,
        CheckInState.MISSED_BY_US,
        CheckInState.FAILED,
        CheckInState.SUPERSEDED,
        CheckInState.CANCELLED,
    ],
)
async def test_p3_p9_an_answer_weeks_later_counts_whatever_was_booked(
    database: Database,
    clock: Clock,
    returnee: Returnee,
    check_in: CheckIn,
    booked: CheckInState,
) -> None:
    async with database.begin(SERVICE) as session:
        (await session.get_one(CheckIn, check_in.id)).state = booked
    set_clock(clock, MORNING + timedelta(weeks=6))
    await press(database, returnee, check_in, "safety", "unsafe")

    assert (await kept(database, check_in.id)).state is CheckInState.STARTED
    assert await the_case(database) is not None


async def test_p5_without_consent_an_answer_is_not_kept_but_danger_is_heard(
    database: Database, returnee: Returnee, check_in: CheckIn
) -> None:
    async with database.begin(SERVICE) as session:
        await give_consent(session, returnee, Purpose.CHECK_INS, False, "1")
        assert not (await start_answering(session, returnee, check_in.id)).agreed
    following = await press(database, returnee, check_in, "safety", "danger")

    assert not following.agreed
    assert await answered(database, check_in) == {}
    case = await the_case(database)
    assert case is not None
    assert case.severity is Severity.EMERGENCY


async def test_p5_a_need_stays_between_the_person_and_the_bot_unless_staff_may_know_it(
    database: Database, office: Office
) -> None:
    async with database.begin(SERVICE) as session:
        person = await add_person(
            session, office.organisation, 700_003, agrees_to=(Purpose.CHECK_INS, Purpose.CASEWORKER)
        )
        theirs = await plan_check_in(session, person, office)
    await press(database, person, theirs, "need", "housing")

    assert await the_case(database) is None
    assert await answered(database, theirs) == {}


@pytest.mark.parametrize(
    "again", [("beaten", "once"), ("threatened", "often"), ("threatened", "once")]
)
async def test_p1_a_worrying_answer_is_heard_when_the_case_of_the_first_is_closed(
    database: Database,
    clock: Clock,
    office: Office,
    returnee: Returnee,
    check_in: CheckIn,
    again: tuple[str, str],
) -> None:
    await take_form(database, office, check_in, HARM)
    await press(database, returnee, check_in, "threatened", "once")
    await closes(database)
    set_clock(clock, MORNING + timedelta(days=2))
    await press(database, returnee, check_in, *again)

    case = await the_case(database)
    assert case is not None
    assert case.resolved_at is None
    assert (await reasons(database)).count("check-in.answer") == 2


async def test_p1_whoever_presses_the_same_twice_once_its_case_is_closed_is_heard_once_more(
    database: Database, returnee: Returnee, check_in: CheckIn
) -> None:
    """However soon it was closed."""
    await press(database, returnee, check_in, "safety", "danger")
    await closes(database)
    async with asyncio.TaskGroup() as group, database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, returnee.id)
        await answer(session, person, check_in.id, "safety", "danger")
        pressing = group.create_task(press(database, returnee, check_in, "safety", "danger"))
        await stands_still(database, pressing)

    case = await the_case(database)
    assert case is not None
    assert case.resolved_at is None
    assert (await reasons(database)).count("check-in.safety.danger") == 2


@pytest.mark.parametrize(("minutes", "times"), [(4, 1), (6, 2)])
async def test_p1_the_same_cry_some_minutes_later_is_one_more_and_sooner_it_is_a_double_press(
    database: Database,
    clock: Clock,
    returnee: Returnee,
    check_in: CheckIn,
    minutes: int,
    times: int,
) -> None:
    await press(database, returnee, check_in, "safety", "danger")
    clock.offset += timedelta(minutes=minutes)
    for _ in range(2):
        await press(database, returnee, check_in, "safety", "danger")

    assert (await reasons(database)).count("check-in.safety.danger") == times


async def test_p9_whoever_skips_a_worrying_answer_by_a_slip_opens_no_closed_case_again(
    database: Database, returnee: Returnee, check_in: CheckIn
) -> None:
    await press(database, returnee, check_in, "threat", "yes")
    await closes(database)
    await press(database, returnee, check_in, "threat", None)

    case = await the_case(database)
    assert case is not None
    assert case.resolved_at is not None


async def test_p1_what_an_old_button_says_to_somebody_in_danger_is_heard_once_it_counts(
    database: Database, returnee: Returnee, check_in: CheckIn
) -> None:
    await press(database, returnee, check_in, "safety", "danger")
    await press(database, returnee, check_in, "contact", "yes")
    await press(database, returnee, check_in, "safety", "mostly")

    assert "check-in.contact.yes" in await reasons(database)


@pytest.mark.parametrize("left", [True, False])
@pytest.mark.parametrize(("question", "choice"), [("safety", "danger"), ("need", "housing")])
async def test_p10_a_worry_goes_to_whoever_asked_only_while_they_accompany_the_person(
    database: Database,
    office: Office,
    returnee: Returnee,
    check_in: CheckIn,
    question: str,
    choice: str,
    left: bool,
) -> None:
    partner = await open_office(database, "Harbour")
    async with database.begin(SERVICE) as session:
        await invite_in(session, returnee, partner.organisation)
        if left:
            await leave(session, returnee, office.organisation)
    await press(database, returnee, check_in, question, choice)

    case = await the_case(database)
    assert case is not None
    asked_for = partner if left else office
    assert case.organisation_id == asked_for.organisation.id


async def test_p5_p9_whoever_keeps_all_that_is_asked_to_themselves_is_asked_nothing_by_old_buttons(
    database: Database, clock: Clock, returnee: Returnee, check_in: CheckIn
) -> None:
    async with database.begin(SERVICE) as session:
        (await session.get_one(CheckIn, check_in.id)).questionnaire = PHQ_4.edition
    assert name_of(await press(database, returnee, check_in, "nervous", None)) == "worrying"
    clock.offset += timedelta(minutes=1)
    async with database.begin(SERVICE) as session:
        await give_consent(session, returnee, Purpose.ANSWERS, False, "1")
        shown = [
            await start_answering(session, returnee, check_in.id),
            await answer(session, returnee, check_in.id, "worrying", "several-days"),
            await go_back(session, returnee, check_in.id, "worrying"),
            await ask_again(session, returnee, check_in.id, "worrying"),
        ]

    assert {(each.question, each.for_them) for each in shown} == {(None, False)}
    assert await answered(database, check_in) == {"nervous": None}
    assert (await kept(database, check_in.id)).state is CheckInState.STARTED


async def test_p9_a_form_whose_conditions_leave_nothing_to_ask_is_over_at_once(
    database: Database, office: Office, returnee: Returnee, check_in: CheckIn
) -> None:
    await take_form(database, office, check_in, HARM.replace("? | |", "? | 1 = 2 |"))
    async with database.begin(SERVICE) as session:
        shown = await start_answering(session, returnee, check_in.id)

    assert (shown.question, shown.for_them) == (None, False)
    assert (await kept(database, check_in.id)).state is CheckInState.ANSWERED


async def test_a_validated_scale_is_not_begun_in_a_language_that_it_has_no_text_for(
    database: Database, office: Office, returnee: Returnee, check_in: CheckIn
) -> None:
    """They changed their language after they were asked; what they read and answer counts."""
    async with database.begin(SERVICE) as session:
        (await session.get_one(CheckIn, check_in.id)).questionnaire = PHQ_4.edition
        await start_answering(session, returnee, check_in.id)
        person = await session.get_one(Returnee, returnee.id)
        person.language = "sq"
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, returnee.id)
        begun = await start_answering(session, person, check_in.id)
        assert not begun.for_them
        asked_for = await ask_check_in(session, person)
    assert asked_for is not None
    assert name_of(asked_for) == "safety"
    following = await press(database, returnee, check_in, "nervous", "several-days")
    assert not following.for_them
    assert await answered(database, check_in) == {"nervous": "several-days"}
