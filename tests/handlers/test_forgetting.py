"""P6: being forgotten, from the phone."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from dialogs.presses import CopyForMe
from domain.notices import Notice
from domain.privacy.erasing import erase_next
from domain.staff import add_staff, join_by_telegram
from storage.kinds import Identity, Role
from storage.sessions import SERVICE, Clock, Database
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.privacy import Erasure
from storage.tables.returnees import Returnee
from storage.tables.service import DialogState
from tests.counting import how_many
from tests.documents import content_of
from tests.handlers.enrolling import confirmed, enrol, invite, returnee_on
from tests.handlers.phone import Phone

OPEN, WATCHED = "Only me", "must not know"


async def erase(database: Database) -> int:
    async with database.begin(SERVICE) as session:
        return await erase_next(session)


async def is_asked_whether_sure(phone: Phone) -> str:
    """The press that says yes."""
    await phone.write("/privacy")
    await phone.press("Delete everything")
    assert phone.screen is not None
    return phone.screen.data("Yes")


async def test_p6_everything_is_deleted_after_a_second_yes(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/privacy")
    [sure] = await phone.press("Delete everything")
    assert "Nobody can bring them back" in sure.text
    assert await how_many(database, Erasure) == 0
    [done] = await phone.press("Yes, delete everything")

    assert "Everything about you is being deleted" in done.text
    assert await how_many(database, DialogState) == 0
    while await erase(database):
        pass
    assert await how_many(database, Returnee) == 0
    [stranger] = await phone.write("/privacy")
    assert stranger.notice == Notice.NOTHING_KEPT


async def test_staff_who_tried_the_bot_as_a_person_join_once_they_had_everything_deleted(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    """Before, their code is refused as one that is not known: nobody learns whose phone it is."""
    async with database.begin(SERVICE) as session:
        new = await add_staff(session, "Ilir", organisation, Role.CASEWORKER)
    await enrol(phone, await invite(database, organisation))
    [refused] = await phone.write(f"/start {new.telegram_code}")
    await phone.press_data(await is_asked_whether_sure(phone))
    [joined] = await phone.write(f"/start {new.telegram_code}")

    assert refused.notice == Notice.INVITE_REFUSED
    assert joined.notice == Notice.STAFF_JOINED


async def test_p6_a_no_changes_nothing(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await is_asked_whether_sure(phone)
    [menu] = await phone.press("No")

    assert menu.buttons
    assert await how_many(database, Erasure) == 0


async def test_p6_p9_a_yes_from_an_old_button_is_asked_for_again(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    await enrol(phone, await invite(database, organisation))
    yes = await is_asked_whether_sure(phone)
    clock.offset += timedelta(days=30)
    [asked] = await phone.press_data(yes)

    assert asked.notice == Notice.FORGET_SURE
    assert await how_many(database, Erasure) == 0


@pytest.mark.parametrize("forged", ["f:99999999", "f:-1", "f:1", "f:x", "f:"])
async def test_p6_a_forged_yes_deletes_nothing(
    phone: Phone, database: Database, organisation: Organisation, forged: str
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.press_data(forged)

    assert await how_many(database, Erasure) == 0


async def test_p6_a_yes_that_is_pressed_twice_is_answered_like_a_strangers(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    yes = await is_asked_whether_sure(phone)
    await phone.press_data(yes)
    [again] = await phone.press_data(yes)

    assert again.notice == Notice.NOTHING_KEPT


async def test_p6_p13_on_a_watched_phone_nothing_shows_and_the_keys_last_three_days(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    await enrol(phone, await invite(database, organisation), reads=WATCHED)
    async with database.begin(SERVICE) as session:
        nina = await add_staff(session, "Nina", organisation, Role.SAFEGUARDING)
        await join_by_telegram(session, nina.telegram_code, 55)
    asked = await returnee_on(database, phone)
    assert asked is not None
    await is_asked_whether_sure(phone)
    said = await phone.press("Yes")

    [shown] = [each for each in said if each.chat == phone.user_id]
    assert shown.text == "Hello. Send /start to begin."
    [warned] = [each for each in said if each.chat == 55]
    assert "72 hours" in warned.text
    assert await erase(database) == 0
    async with database.begin(SERVICE) as session:
        kept = await session.get_one(Returnee, asked.id)
        assert kept.identity is Identity.DOUBTED
    clock.offset += timedelta(hours=72, minutes=1)
    while await erase(database):
        pass
    assert await how_many(database, Returnee) == 0


async def test_p6_p1_a_cry_in_the_three_days_is_heard_like_a_strangers(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads=WATCHED)
    await is_asked_whether_sure(phone)
    await phone.press("Yes")
    said = await phone.write("help me, he is going to kill me")

    assert Notice.CRISIS in [each.notice for each in said]
    assert await how_many(database, Returnee) == 2


async def test_p4_what_waited_in_the_outbox_does_not_go_to_a_phone_that_is_forgotten(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await is_asked_whether_sure(phone)
    await phone.press("Yes")

    async with database.begin(SERVICE) as session:
        waiting = await session.scalars(select(OutboxRow).where(OutboxRow.content.is_not(None)))
        kept = [content_of(row, session.keys) for row in waiting]
        assert [content.get("notice") for content in kept] == [Notice.FORGOTTEN], kept


async def test_p6_what_is_kept_is_shown_with_how_long_and_who_reads_it(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/privacy")
    [kept] = await phone.press("What is kept")

    for words in ("wrote to each other: 0", "180 days", "the helpers of Harbour"):
        assert words in kept.text


async def test_p13_a_copy_comes_only_once_somebody_has_made_sure_who_is_there(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/help")
    await phone.write("/privacy")
    await phone.press("What is kept")
    assert phone.screen is not None
    wanted = phone.screen.data("Send me a copy")
    [refused] = await phone.press_data(wanted)
    assert "make sure first" in refused.text
    await confirmed(database, phone)
    read, machines = await phone.press_data(wanted)

    assert [read.content["params"]["form"], machines.content["params"]["form"]] == ["html", "json"]
    again = await phone.press_data(wanted)
    assert again == []


async def test_p13_a_watched_phone_gets_no_copy_by_a_button_whoever_holds_it(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads=WATCHED)
    await confirmed(database, phone)
    [window] = await phone.write("/privacy")
    assert not any("kept" in label or "copy" in label for label in window.buttons)
    [shown] = await phone.press_data(CopyForMe().pack())

    assert shown.text == "Hello. What would you like to see?"


async def test_p6_p1_whoever_cried_for_help_is_told_that_a_human_comes_first_however_often(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/help")
    yes = await is_asked_whether_sure(phone)
    for _ in range(2):
        [told] = await phone.press_data(yes)
        assert "a person is still looking after that" in told.text
        assert "You can write to them here" in told.text
        assert await erase(database) == 0


async def test_p11_whoever_took_back_that_they_are_read_is_not_told_to_write_until_all_is_gone(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/help")
    await phone.write("/privacy")
    await phone.press("A person reads and answers")
    await phone.press("Delete everything")
    [told] = await phone.press("Yes, delete everything")

    assert "a person is still looking after that" in told.text
    assert "You can write" not in told.text


async def test_p11_p13_where_it_is_in_doubt_who_asks_the_phone_hears_that_it_takes_three_days(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    await enrol(phone, await invite(database, organisation))
    returnee = await returnee_on(database, phone)
    assert returnee is not None
    async with database.begin(SERVICE) as session:
        (await session.get_one(Returnee, returnee.id)).identity = Identity.DOUBTED
    await is_asked_whether_sure(phone)
    said = await phone.press("Yes")

    [told] = [each for each in said if each.chat == phone.user_id]
    assert "In three days it is deleted for good" in told.text
    assert await erase(database) == 0
    clock.offset += timedelta(hours=73)
    while await erase(database):
        pass
    assert await how_many(database, Returnee) == 0
