from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from dialogs.notices import refer
from dialogs.presses import OpenCovered
from domain.notices import Notice
from storage.kinds import Identity, OutboxState
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Message
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.handlers.conftest import NewPhone
from tests.handlers.cries import all_arrives, held_by_identity, words_from_a_caseworker
from tests.handlers.enrolling import enrol, invite
from tests.handlers.phone import Phone


async def test_on_a_discreet_phone_a_caseworkers_words_open_by_a_tap(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads="Sometimes others")
    await phone.write("/help")
    data = await words_from_a_caseworker(database, organisation)
    [opened] = await phone.press_data(data)

    assert "Are you &lt;alone&gt; &amp; safe" in opened.text
    assert opened.content["edit"] == 500


async def test_on_a_watched_phone_what_was_opened_is_covered_again(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads="must not know")
    await phone.write("/help")
    data = await words_from_a_caseworker(database, organisation)
    await phone.press_data(data)
    opened, covered = await phone.tap()
    assert covered.row.not_before - opened.row.created_at == timedelta(minutes=3)
    assert "alone" not in covered.text
    [now] = await phone.press_data(opened.data("Close"))

    assert now.text == covered.text
    assert now.data("See") == data


async def test_p13_older_words_stay_shut_until_a_worker_has_confirmed_who_is_there(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    await enrol(phone, await invite(database, organisation), reads="Sometimes others")
    await phone.write("/help")
    data = await words_from_a_caseworker(database, organisation)
    clock.offset = timedelta(hours=25)
    [shut] = await phone.press_data(data)
    assert "alone" not in shut.text

    async with database.begin(SERVICE) as session:
        returnee = await session.scalar(select(Returnee))
        assert returnee is not None
        returnee.identity = Identity.CONFIRMED
    [opened] = await phone.press_data(data)
    assert "alone" in opened.text


@pytest.mark.parametrize(("hours", "opens"), [(1, True), (25, False)])
async def test_p13_words_that_were_held_for_days_open_for_a_day_from_when_they_came(
    phone: Phone,
    database: Database,
    organisation: Organisation,
    clock: Clock,
    hours: int,
    opens: bool,
) -> None:
    """As on a phone that nothing is sent to first: nobody can have opened them before."""
    await enrol(phone, await invite(database, organisation), reads="Sometimes others")
    await phone.write("/help")
    data = await words_from_a_caseworker(database, organisation)
    clock.offset = timedelta(days=3)
    async with database.begin(SERVICE) as session:
        message = (await session.scalars(select(Message).order_by(Message.number.desc()))).first()
        assert message is not None
        row = await session.get_one(OutboxRow, message.outbox_id)
        row.state, row.finished_at = OutboxState.SENT, session.now
    clock.offset += timedelta(hours=hours)
    [shown] = await phone.press_data(data)

    assert ("alone" in shown.text) is opens


async def test_p13_words_that_name_somebody_wait_until_it_is_sure_who_is_there(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads="Sometimes others")
    await phone.write("/help")
    data = await words_from_a_caseworker(database, organisation, only_confirmed=True)
    [shut] = await phone.press_data(data)
    assert "alone" not in shut.text
    assert await held_by_identity(database) == 1

    async with database.begin(SERVICE) as session:
        returnee = await session.scalar(select(Returnee))
        assert returnee is not None
        returnee.identity, returnee.confirmed_at = Identity.CONFIRMED, session.now
    [opened] = await phone.press_data(data)
    assert "alone" in opened.text


async def test_somebody_elses_words_are_refused_and_nothing_is_sent(
    new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    hers, his = new_phone(1), new_phone(2)
    await enrol(hers, await invite(database, organisation), reads="Sometimes others")
    await enrol(his, await invite(database, organisation), reads="Sometimes others")
    await hers.write("/help")
    data = await words_from_a_caseworker(database, organisation)
    said = await his.press_data(data)

    assert said == []
    assert his.toast.alert


@pytest.mark.parametrize(
    "data",
    [
        "o:caseworker-words:",
        "o:caseworker-words:AAAA",
        "o:caseworker-words:!!!!",
        "o:caseworker-words:a.b.c",
        "o:staff-alert:",
        "o:revealed:",
        "o:crisis:AAAA.b",
        "v:caseworker-words:%%%%",
        "o:check-in-question:" + "A" * 22 + ".safety",
    ],
)
async def test_forged_buttons_are_refused_politely(
    phone: Phone, database: Database, organisation: Organisation, data: str
) -> None:
    await enrol(phone, await invite(database, organisation))
    said = await phone.press_data(data)

    assert said == []
    assert "Nothing was changed" in (phone.toast.text or "")


async def test_a_made_up_message_is_refused(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    notice, params = Notice.CASEWORKER_WORDS, {"message": str(uuid4())}
    said = await phone.press_data(OpenCovered(notice=notice, refers=refer(notice, params)).pack())

    assert said == []
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(Message)) is None


async def test_p13_who_finds_older_words_shut_asks_with_one_tap_for_whoever_can_open_them(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    await enrol(phone, await invite(database, organisation), reads="Sometimes others")
    await phone.write("/help")
    data = await words_from_a_caseworker(database, organisation)
    await all_arrives(database)
    clock.offset += timedelta(days=2)
    [shut] = await phone.press_data(data)
    assert "I can't open this now" in shut.text
    [asked] = await phone.press("A person, please")

    assert asked.notice == "help-asked"
