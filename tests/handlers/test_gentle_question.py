"""Where the watch is unsure, the person is asked whether somebody should write, and taps one of
three answers.
"""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from dialogs.presses import NoHuman, OkayForNow, WishClosed
from storage.kinds import CaseEventKind, CaseState, Severity
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import CaseEvent
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from tests.handlers.cries import EMERGENCY, all_arrives, cases
from tests.handlers.enrolling import enrol, invite
from tests.handlers.phone import Phone, Said

UNSURE = "he beat me years ago"
CONCERN = "I have no money for food"
ANSWERS = ["I am okay for now", "Someone should write to me", "Not now"]
#: What answers it, and for how long nobody is asked again.
HOLDS = [("I am okay for now", timedelta(minutes=10)), ("Not now", timedelta(hours=2))]
A_MINUTE = timedelta(minutes=1)


async def lines(database: Database, *kinds: CaseEventKind) -> list[CaseEventKind]:
    """Those of such kinds in the history of cases, in order."""
    async with database.begin(SERVICE) as session:
        found = await session.scalars(
            select(CaseEvent.kind).where(CaseEvent.kind.in_(kinds)).order_by(CaseEvent.number)
        )
        return list(found)


def offered(said: list[Said]) -> bool:
    return "help-offered" in [each.notice for each in said]


async def asked_and_answered(
    phone: Phone, database: Database, organisation: Organisation, answer: str, *, known: bool
) -> None:
    if known:
        await enrol(phone, await invite(database, organisation))
    assert offered(await phone.write(UNSURE))
    await phone.press(answer)
    await all_arrives(database)


async def test_where_the_watch_is_unsure_three_answers_are_there_to_tap(
    phone: Phone, database: Database
) -> None:
    [question] = await phone.write(UNSURE)

    assert "Would you like a person from our team to write to you here?" in question.text
    assert list(question.buttons) == ANSWERS
    assert await cases(database) == []


async def test_whoever_wants_somebody_to_write_is_in_the_queue_at_once(
    phone: Phone, database: Database
) -> None:
    await phone.write(UNSURE)
    [answer] = await phone.press("Someone should write to me")

    assert answer.notice == "help-asked"
    [case] = await cases(database)
    assert case.severity is Severity.URGENT
    assert case.agreed_at is not None


async def test_p11_whoever_is_okay_for_now_is_thanked_and_not_called_safe(phone: Phone) -> None:
    await phone.write(UNSURE)
    [answer] = await phone.press("I am okay for now")

    assert answer.text == "Thank you for saying so. If that changes, send /help, at any time."
    assert answer.buttons == {}


async def test_not_now_can_be_changed_at_any_time(phone: Phone) -> None:
    await phone.write(UNSURE)
    [answer] = await phone.press("Not now")

    assert answer.text == "All right. If you change your mind, send /help, at any time."


@pytest.mark.parametrize("known", [False, True], ids=["stranger", "enrolled"])
@pytest.mark.parametrize(("answer", "holds"), HOLDS)
async def test_p12_whoever_has_answered_is_not_asked_again_for_a_while(
    phone: Phone,
    database: Database,
    organisation: Organisation,
    clock: Clock,
    answer: str,
    holds: timedelta,
    known: bool,
) -> None:
    await asked_and_answered(phone, database, organisation, answer, known=known)

    clock.offset += holds - A_MINUTE
    said = await phone.write(UNSURE)
    assert not offered(said)
    # Nor is the line met by silence: the menu leads to a person, as ever.
    assert "I am a machine" in said[-1].text
    assert any("Talk to a person" in label for label in said[-1].buttons)

    clock.offset += 2 * A_MINUTE
    assert offered(await phone.write(UNSURE))


async def test_p12_the_answer_counts_from_when_it_is_tapped_in_whatever_language(
    phone: Phone, clock: Clock
) -> None:
    phone.language_code = "uk"
    # As the question comes in the phone's language, and the answer in the one chosen since.
    [question] = await phone.write(UNSURE)
    await phone.write("/start")
    await phone.press("English")
    await phone.press_data(question.data("Не зараз"))

    clock.offset += timedelta(hours=1)
    assert not offered(await phone.write(UNSURE))


@pytest.mark.parametrize("answer", ["I am okay for now", "Not now"])
async def test_p1_no_answer_holds_back_a_cry_for_help(
    phone: Phone, database: Database, organisation: Organisation, answer: str
) -> None:
    await asked_and_answered(phone, database, organisation, answer, known=True)
    [said] = await phone.write(EMERGENCY)

    assert said.notice == "crisis"
    [case] = await cases(database)
    assert case.severity is Severity.EMERGENCY


@pytest.mark.parametrize("answer", ["I am okay for now", "Not now"])
@pytest.mark.parametrize("words", ["I need to talk to someone", "I have no money for food"])
async def test_p1_whoever_has_not_agreed_is_still_asked_about_what_the_watch_is_sure_of(
    phone: Phone, database: Database, organisation: Organisation, answer: str, words: str
) -> None:
    heard = phone.watch.assess(words)
    assert Severity.CONCERN.rank <= heard.severity.rank < Severity.EMERGENCY.rank
    await asked_and_answered(phone, database, organisation, answer, known=False)

    assert offered(await phone.write(words))


async def asked_of_a_concern(
    phone: Phone, database: Database, organisation: Organisation, answer: str, *, known: bool
) -> None:
    if known:
        await enrol(phone, await invite(database, organisation), answer="No")
    assert offered(await phone.write(CONCERN))
    await phone.press(answer)
    await all_arrives(database)


@pytest.mark.parametrize("known", [False, True], ids=["stranger", "enrolled"])
@pytest.mark.parametrize(("answer", "holds"), HOLDS)
async def test_p12_whoever_answered_of_a_concern_is_not_asked_again_at_each_that_follows(
    phone: Phone,
    database: Database,
    organisation: Organisation,
    clock: Clock,
    answer: str,
    holds: timedelta,
    known: bool,
) -> None:
    await asked_of_a_concern(phone, database, organisation, answer, known=known)

    clock.offset += holds - A_MINUTE
    said = await phone.write(CONCERN)
    assert not offered(said)
    assert any("Talk to a person" in label for label in said[-1].buttons)

    clock.offset += 2 * A_MINUTE
    assert offered(await phone.write(CONCERN))


@pytest.mark.parametrize("known", [False, True], ids=["stranger", "enrolled"])
@pytest.mark.parametrize("graver", ["I need to talk to someone", EMERGENCY])
async def test_p1_what_is_graver_than_what_they_answered_is_asked_about_or_brings_somebody(
    phone: Phone,
    database: Database,
    organisation: Organisation,
    clock: Clock,
    graver: str,
    known: bool,
) -> None:
    await asked_of_a_concern(phone, database, organisation, "Not now", known=known)
    for _ in range(2):
        clock.offset += 2 * A_MINUTE
        said = await phone.write(graver)
        await all_arrives(database)

    assert offered(said) or len(await cases(database)) == 1


async def test_p1_a_concern_is_no_name_for_a_window_that_waits_for_one(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    await asked_of_a_concern(phone, database, organisation, "Not now", known=True)
    clock.offset += 2 * A_MINUTE
    await phone.write("/safety")
    for step in ("If I don't answer", "Name somebody", "Go on"):
        await phone.press(step)

    assert offered(await phone.write(CONCERN))


@pytest.mark.parametrize("known", [False, True], ids=["stranger", "enrolled"])
async def test_p1_to_need_nobody_any_more_where_nothing_is_open_holds_back_no_question(
    phone: Phone, database: Database, organisation: Organisation, known: bool
) -> None:
    """It answered none: the button stands under what answered a /help long ago."""
    if known:
        await enrol(phone, await invite(database, organisation))
    await phone.press_data(WishClosed().pack())
    await all_arrives(database)

    assert offered(await phone.write(UNSURE))


async def test_not_now_holds_back_no_button_for_a_person(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await asked_and_answered(phone, database, organisation, "Not now", known=True)
    await phone.write(UNSURE)
    [answer] = await phone.press("Talk to a person")

    assert answer.notice == "help-asked"
    assert len(await cases(database)) == 1


async def test_p13_the_answers_stand_in_an_open_case_and_change_nothing_else_in_it(
    phone: Phone, database: Database
) -> None:
    await phone.write("/help")
    [before] = await cases(database)
    for _ in range(2):
        await phone.press_data(OkayForNow().pack())
        await phone.press_data(NoHuman().pack())

    kinds = (CaseEventKind.OKAY_SAID, CaseEventKind.NOT_NOW_SAID)
    assert await lines(database, *kinds) == [*kinds]
    [case] = await cases(database)
    assert (case.state, case.severity) == (CaseState.OPEN, Severity.URGENT)
    assert (case.deadline_at, case.next_alert_at) == (before.deadline_at, before.next_alert_at)


async def test_p9_the_no_of_an_older_question_is_taken_as_not_now(
    phone: Phone, database: Database
) -> None:
    await phone.write(UNSURE)
    [answer] = await phone.press_data("n")
    await all_arrives(database)

    assert "If you change your mind" in answer.text
    assert not offered(await phone.write(UNSURE))
    [yes] = await phone.press_data("h")
    assert yes.notice == "help-asked"


@pytest.mark.parametrize("answer", [NoHuman().pack(), OkayForNow().pack()])
async def test_an_answer_of_somebody_unknown_leaves_no_row_about_them(
    phone: Phone, database: Database, answer: str
) -> None:
    await phone.press_data(answer)

    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(func.count()).select_from(Returnee)) == 0


async def test_p4_on_a_watched_phone_question_and_answer_say_nothing_until_they_are_opened(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads="must not know")
    question = next(each for each in await phone.write(UNSURE) if each.notice == "help-offered")
    assert "something new to see" in question.text
    assert list(question.buttons) == ["See"]

    await phone.press_data(question.data("See"))
    opened, _ = await phone.tap()
    assert list(opened.buttons) == [*ANSWERS, "Close"]
    said = await phone.press("I am okay for now")
    assert [each.text for each in said if each.notice == "help-okay"] == ["Thank you."]


async def test_p4_on_a_discreet_phone_the_question_is_covered_and_the_thanks_are_short(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads="Sometimes others")
    [question] = await phone.write(UNSURE)
    assert "person" not in question.text
    [label] = question.buttons

    [opened] = await phone.press(label)
    assert list(opened.buttons) == ANSWERS
    [thanks] = await phone.press("I am okay for now")
    assert thanks.text == "Thank you. /help works at any time."
