"""What a form reckons of answers is heard with the answer that makes it a worry."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from domain.check_ins import silence
from domain.check_ins.answering import ask_again, go_back, start_answering
from domain.check_ins.silence import LEFT_OPEN, give_up_waiting
from domain.consent import give_consent
from domain.notices import Notice
from storage.kinds import NoticeClass, Purpose, Severity
from storage.sessions import SERVICE, Clock, Database
from storage.tables.check_ins import Answer, CheckIn
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre
from tests.domain.check_ins.pressing import press, reasons, take_form, the_case, tick
from tests.domain.check_ins.silent import A_DAY_LATER, confirm, tick_at
from tests.domain.checking_in import Office, kept, send_what_is_due

SAFE_PLACE = """
| survey |
| | type | name | label::English (en) | calculation | wayhome_alert |
| | select_one yn | well | Are you well? | | |
| | select_one yn | home | A safe place? | | |
| | calculate | safe | | ${home} = 'yes' | if(not(.), 'urgent', 'none') |
| choices |
| | list_name | name | label::English (en) |
| | yn | yes | Yes |
| | yn | no | No |
"""


@pytest.mark.parametrize(("home", "severity"), [("no", Severity.URGENT), ("yes", None)])
async def test_p1_a_worry_that_would_be_there_before_any_answer_is_news_with_the_answer(
    database: Database,
    office: Office,
    returnee: Returnee,
    check_in: CheckIn,
    home: str,
    severity: Severity | None,
) -> None:
    await take_form(database, office, check_in, SAFE_PLACE)
    await press(database, returnee, check_in, "well", "yes")
    assert await the_case(database) is None

    await press(database, returnee, check_in, "home", home)

    case = await the_case(database)
    assert (case and case.severity) == severity


async def test_p1_whoever_keeps_health_to_themselves_is_heard_without_what_they_are_not_asked(
    database: Database, office: Office, returnee: Returnee, check_in: CheckIn
) -> None:
    await take_form(database, office, check_in, SAFE_AND_WELL)
    async with database.begin(SERVICE) as session:
        (await session.get_one(Returnee, returnee.id)).shared_phone = True

    await press(database, returnee, check_in, "home", "no")

    case = await the_case(database)
    assert case is not None
    assert case.severity is Severity.URGENT


SAFE_AND_WELL = """
| survey |
| | type | name | label::English (en) | calculation | wayhome_sensitive | wayhome_alert |
| | select_one yn | home | A safe place? | | | |
| | select_one yn | sleep | Do you sleep? | | yes | |
| | calculate | well | | ${home} = 'yes' and ${sleep} = 'yes' | | if(not(.), 'urgent', 'none') |
| choices |
| | list_name | name | label::English (en) |
| | yn | yes | Yes |
| | yn | no | No |
"""


@pytest.fixture
def centre(database: Database, clock: Clock, office: Office) -> Centre:
    return Centre(database, clock, office.organisation)


@pytest.fixture
async def ticking(
    database: Database, office: Office, returnee: Returnee, check_in: CheckIn
) -> CheckIn:
    """What they have is on the screen."""
    await take_form(database, office, check_in, THINGS)
    await press(database, returnee, check_in, "well", "yes")
    return check_in


async def test_p1_whoever_ticks_one_thing_after_another_is_heard_once_they_go_on(
    database: Database, returnee: Returnee, ticking: CheckIn
) -> None:
    await tick(database, returnee, ticking, "things", "food")
    assert await the_case(database) is None
    await tick(database, returnee, ticking, "things", "food home")
    await tick(database, returnee, ticking, "things", "food")
    assert await the_case(database) is None

    await press(database, returnee, ticking, "things", None)
    await press(database, returnee, ticking, "things", None)

    assert await reasons(database) == ["check-in.answer"]


async def test_p1_whoever_ticked_all_that_was_hoped_for_alarms_nobody(
    database: Database, returnee: Returnee, ticking: CheckIn
) -> None:
    await tick(database, returnee, ticking, "things", "food")
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, returnee.id)
        await ask_again(session, person, ticking.id, "things")
    await tick(database, returnee, ticking, "things", "food home")
    await press(database, returnee, ticking, "things", None)

    assert await the_case(database) is None


@pytest.mark.parametrize("leaving", ["begins anew", "goes back", "answers another"])
async def test_p1_whoever_ticks_and_leaves_the_question_is_heard_as_well(
    database: Database, returnee: Returnee, ticking: CheckIn, leaving: str
) -> None:
    await tick(database, returnee, ticking, "things", "food")

    if leaving == "answers another":
        await press(database, returnee, ticking, "well", "no")
    else:
        async with database.begin(SERVICE) as session:
            person = await session.get_one(Returnee, returnee.id)
            if leaving == "goes back":
                await go_back(session, person, ticking.id, "things")
            else:
                await start_answering(session, person, ticking.id)
    await press(database, returnee, ticking, "need", "Nothing")

    assert await reasons(database) == ["check-in.answer"]


@pytest.mark.parametrize("asked_by", ["us", "themselves"])
async def test_p1_whoever_ticks_and_never_comes_back_is_heard_a_day_later_and_no_phone_shows_it(
    database: Database,
    clock: Clock,
    office: Office,
    returnee: Returnee,
    check_in: CheckIn,
    asked_by: str,
) -> None:
    await take_form(database, office, check_in, THINGS)
    if asked_by == "us":
        await send_what_is_due(database)
        await confirm(database, check_in)
    await press(database, returnee, check_in, "well", "yes")
    await tick(database, returnee, check_in, "things", "food")
    said = await to_the_phone(database)
    await tick_at(database, clock, MORNING + timedelta(hours=23))
    assert await the_case(database) is None
    await tick_at(database, clock, A_DAY_LATER)
    await tick_at(database, clock, A_DAY_LATER + timedelta(days=3))

    silent = ["check-in.silence", "silence.write-once"] if asked_by == "us" else []
    assert await reasons(database) == ["check-in.answer", *silent]
    assert await to_the_phone(database) == said
    await press(database, returnee, check_in, "need", "Nothing")
    assert (await reasons(database)).count("check-in.answer") == 1


@pytest.mark.parametrize("asked_by", ["us", "themselves"])
async def test_p4_p11_whoever_is_heard_by_what_they_left_is_told_that_nobody_answered_once_they_ask(
    centre: Centre, returnee: Returnee, check_in: CheckIn, office: Office, asked_by: str
) -> None:
    await take_form(centre.database, office, check_in, THINGS)
    if asked_by == "us":
        await send_what_is_due(centre.database)
        await confirm(centre.database, check_in)
    await press(centre.database, returnee, check_in, "well", "yes")
    await tick(centre.database, returnee, check_in, "things", "food")
    await tick_at(centre.database, centre.clock, A_DAY_LATER)
    for _ in range(2):
        centre.later(hours=1, minutes=1)
        await centre.tick()
    assert await centre.sent(Notice.NOBODY_YET) == []

    await centre.hears(returnee)
    centre.later(minutes=1)
    await centre.tick()

    assert len(await centre.sent(Notice.NOBODY_YET)) == 1


async def test_p11_whoever_waits_for_an_answer_is_told_that_nobody_gave_one_whatever_they_left(
    centre: Centre, returnee: Returnee, ticking: CheckIn
) -> None:
    await tick(centre.database, returnee, ticking, "things", "food")
    set_clock(centre.clock, A_DAY_LATER - timedelta(minutes=1))
    await centre.signal(returnee, Severity.CONCERN)
    await tick_at(centre.database, centre.clock, A_DAY_LATER)
    centre.later(hours=1, minutes=1)
    await centre.tick()

    assert len(await centre.sent(Notice.NOBODY_YET)) == 1


async def test_p1_what_was_left_is_heard_soon_after_a_trouble_that_passes(
    database: Database,
    clock: Clock,
    returnee: Returnee,
    ticking: CheckIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def fails(*_: object) -> None:
        raise RuntimeError("a trouble that passes")

    await tick(database, returnee, ticking, "things", "food")
    with monkeypatch.context() as troubled:
        troubled.setattr(silence, "hear_left_ticks", fails)
        await tick_at(database, clock, A_DAY_LATER)
    assert await the_case(database) is None
    await tick_at(database, clock, A_DAY_LATER + timedelta(minutes=2))

    assert await reasons(database) == ["check-in.answer"]


async def test_p1_what_was_left_is_heard_though_nobody_waits_for_the_rest_of_it_any_more(
    database: Database, clock: Clock, returnee: Returnee, ticking: CheckIn
) -> None:
    await tick(database, returnee, ticking, "things", "food")
    async with database.begin(SERVICE) as session:
        # As a restore leaves it, and somebody who stays after all.
        (await session.get_one(CheckIn, ticking.id)).silent_at = None
    said = await to_the_phone(database)
    set_clock(clock, A_DAY_LATER + timedelta(days=7))
    async with database.begin(SERVICE) as session:
        assert await give_up_waiting(session) == 1

    assert await reasons(database) == ["check-in.answer"]
    assert await to_the_phone(database) == said
    assert (await kept(database, ticking.id)).reason == LEFT_OPEN


async def test_p1_where_no_key_opens_what_was_left_a_caseworker_hears_of_the_silence_all_the_same(
    database: Database, clock: Clock, returnee: Returnee, check_in: CheckIn
) -> None:
    await send_what_is_due(database)
    await confirm(database, check_in)
    await press(database, returnee, check_in, "safety", "safe")
    async with database.begin(SERVICE) as session:
        await session.execute(update(Answer).values(body=b"nothing that opens"))
    await tick_at(database, clock, A_DAY_LATER)

    assert await reasons(database) == ["check-in.silence", "silence.write-once"]


async def test_p5_what_was_ticked_and_left_calls_nobody_whom_they_did_not_agree_to(
    database: Database, clock: Clock, returnee: Returnee, ticking: CheckIn
) -> None:
    await tick(database, returnee, ticking, "things", "food")
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, returnee.id)
        await give_consent(session, person, Purpose.CASEWORKER, False, "1")
    await tick_at(database, clock, A_DAY_LATER)

    assert await the_case(database) is None


async def to_the_phone(database: Database) -> int:
    """How much was put on its way there."""
    async with database.begin(SERVICE) as session:
        to_them = OutboxRow.notice_class != NoticeClass.STAFF
        return await session.scalar(select(func.count()).where(to_them)) or 0


async def test_p1_what_is_reckoned_in_private_of_ticks_is_heard_on_a_shared_phone_too(
    database: Database, office: Office, returnee: Returnee, check_in: CheckIn
) -> None:
    await take_form(database, office, check_in, REPORTED_IN_PRIVATE)
    async with database.begin(SERVICE) as session:
        (await session.get_one(Returnee, returnee.id)).shared_phone = True
    await press(database, returnee, check_in, "well", "yes")
    await tick(database, returnee, check_in, "things", "food")

    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, returnee.id)
        await go_back(session, person, check_in.id, "things")

    assert await reasons(database) == ["check-in.answer"]


REPORTED_IN_PRIVATE = """
| survey |
| | type | name | label::English (en) | calculation | wayhome_sensitive | wayhome_alert |
| | select_one yn | well | Are you well? | | | |
| | select_multiple things | things | What have you? | | | |
| | calculate | safe | | selected(${things}, 'home') | yes | if(not(.), 'urgent', 'none') |
| choices |
| | list_name | name | label::English (en) |
| | yn | yes | Yes |
| | yn | no | No |
| | things | food | Food |
| | things | home | A safe place |
"""

THINGS = """
| survey |
| | type | name | label::English (en) | calculation | wayhome_alert |
| | select_one yn | well | Are you well? | | |
| | select_multiple things | things | What have you? | | |
| | text | need | What do you need? | | |
| | calculate | safe | | selected(${things}, 'home') | if(not(.), 'urgent', 'none') |
| choices |
| | list_name | name | label::English (en) |
| | yn | yes | Yes |
| | yn | no | No |
| | things | food | Food |
| | things | home | A safe place |
"""
