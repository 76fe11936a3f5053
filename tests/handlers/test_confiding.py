"""Telling safeguarding something, on every kind of phone."""

from typing import Any

import pytest
from sqlalchemy import func, select, update

from dialogs.presses import AboutHelper
from domain.children.known import is_child, is_known_child
from domain.consent import give_consent
from domain.safeguarding.handling import answer_complaint
from domain.safeguarding.story import list_complaints, read_complaint
from domain.staff import actor_of, add_staff
from storage.kinds import ComplaintKind, Discretion, Purpose, Role
from storage.sessions import SERVICE, Database
from storage.tables.cases import Case, CaseEvent, Message
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import Complaint
from storage.tables.staff import Staff
from tests.handlers.cries import heard, texts, words_from_a_caseworker
from tests.handlers.editing import Sent, just_now, picture
from tests.handlers.enrolling import enrol, invite
from tests.handlers.phone import Phone


@pytest.fixture
async def keeper(database: Database, organisation: Organisation) -> Staff:
    async with database.begin(SERVICE) as session:
        new = await add_staff(session, "Ilir", organisation, Role.SAFEGUARDING)
        return await session.get_one(Staff, new.id)


async def kept_for_the_team(database: Database) -> int:
    async with database.begin(SERVICE) as session:
        return await session.scalar(select(func.count()).select_from(Message)) or 0


async def test_p10_what_is_confided_never_reaches_the_case_and_the_rest_does(
    phone: Phone, database: Database, keeper: Staff
) -> None:
    await phone.write("/help")
    [asks] = await phone.press("About somebody who helps me")
    assert "Only the person in charge of protection reads it" in asks.text
    [receipt] = await phone.write("Vera asks me for money")
    assert receipt.notice == "confided"
    for said in (asks, receipt):
        assert "1 hour after your last words this ends by itself" in said.text
    assert await kept_for_the_team(database) == 0
    [over] = await phone.press("That is all")
    assert over.notice == "said-all"
    await phone.write("When do you open tomorrow?")

    assert await heard(database, keeper) == [["Vera asks me for money"]]
    assert await kept_for_the_team(database) == 1


async def test_p1_a_cry_in_confidence_calls_the_team_without_its_words(
    phone: Phone, database: Database, keeper: Staff
) -> None:
    await phone.write("/help")
    await phone.press("About somebody who helps me")
    said = await phone.write("he has a gun and will kill me")

    assert {each.notice for each in said} >= {"crisis", "confided"}
    assert await heard(database, keeper) == [["he has a gun and will kill me"]]
    assert await kept_for_the_team(database) == 0
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(Case.severity)) == "emergency"
        assert await session.scalar(select(Complaint.severity)) == "emergency"


@pytest.mark.parametrize("wants_it_kept", [False, True])
async def test_p1_a_voice_note_in_confidence_is_kept_for_safeguarding_and_they_are_told_how_long(
    phone: Phone, database: Database, keeper: Staff, wants_it_kept: bool
) -> None:
    await phone.write("/help")
    await phone.press("About somebody who helps me")
    if wants_it_kept:
        async with database.begin(SERVICE) as session:
            [returnee] = await session.scalars(select(Returnee))
            await give_consent(session, returnee, Purpose.VOICE, True, "1")
    voice = {"file_id": "spoken", "file_unique_id": "u", "duration": 3}
    [receipt] = await phone.write(voice=voice)

    goes = "24 hours after somebody has heard this, I forget it"
    assert (goes in receipt.text) is not wants_it_kept
    assert ("In an emergency, recordings stay" in receipt.text) is not wants_it_kept
    async with database.begin(SERVICE) as session:
        actor = actor_of(keeper)
        [line] = await list_complaints(session, actor)
        _, [told] = await read_complaint(session, actor, line.id)
    assert told.file_id == "spoken"
    assert await kept_for_the_team(database) == 0


async def test_p5_how_long_an_unwanted_voice_note_stays_is_read_behind_the_cover_as_well(
    phone: Phone, database: Database, organisation: Organisation, keeper: Staff
) -> None:
    await enrol(phone, await invite(database, organisation), "Sometimes others", answer="No")
    await phone.press_data(AboutHelper(kind=ComplaintKind.ABOUT_STAFF).pack())
    await phone.write(voice={"file_id": "spoken", "file_unique_id": "u", "duration": 3})
    [opened] = await phone.press("Open")

    assert "after somebody has heard this, I forget it" in opened.text


async def test_p1_a_live_photo_in_confidence_is_kept_for_safeguarding(
    phone: Phone, database: Database, keeper: Staff
) -> None:
    await phone.write("/help")
    await phone.press("About somebody who helps me")
    file = {"file_id": "seen", "file_unique_id": "u", "width": 1, "height": 1}
    await phone.write(live_photo=file | {"duration": 3}, photo=[file], caption="This is Vera")

    assert await heard(database, keeper) == [["This is Vera"]]
    assert await kept_for_the_team(database) == 0


async def freeze(database: Database) -> None:
    async with database.begin(SERVICE) as session:
        await session.execute(update(Returnee).values(frozen_at=session.now))


async def known_to_the_team(database: Database) -> list[str]:
    """Why its case is there, as the team reads it."""
    async with database.begin(SERVICE) as session:
        lines = await session.scalars(select(CaseEvent.reasons).order_by(CaseEvent.number))
        return [reason for reasons in lines for reason in reasons]


@pytest.mark.parametrize(
    ("confides", "words"), [(True, "Vera asks me for money"), (False, "my caseworker hits me")]
)
async def test_p10_in_a_frozen_chat_too_what_is_for_safeguarding_never_reaches_the_case(
    phone: Phone, database: Database, keeper: Staff, confides: bool, words: str
) -> None:
    await phone.write("/help")
    if confides:
        await phone.press("About somebody who helps me")
    await freeze(database)
    said = await phone.write(words)

    assert [each.notice for each in said if each.chat == phone.user_id and each.text] == ["sign"]
    assert await heard(database, keeper) == [[words]]
    assert await kept_for_the_team(database) == 0
    assert await known_to_the_team(database) == ["asked.human", "frozen.wrote"]


@pytest.mark.parametrize(
    "sent",
    [
        {"forum_topic_created": {"name": "my caseworker hits me", "icon_color": 1}},
        {"document": {**picture("f"), "file_name": "my caseworker hits me.jpg"}},
    ],
)
async def test_p10_what_a_topic_or_file_is_called_after_staff_is_for_safeguarding(
    phone: Phone, database: Database, keeper: Staff, sent: dict[str, Any]
) -> None:
    await phone.write("/help")
    await phone.write(**sent)

    [[told]] = await heard(database, keeper)
    assert "my caseworker hits me" in told
    assert await kept_for_the_team(database) == 0


async def test_p10_what_was_confided_is_edited_where_it_was_after_the_chat_was_frozen(
    phone: Phone, database: Database, keeper: Staff
) -> None:
    await phone.write("/help")
    await phone.press("About somebody who helps me")
    message = phone.message(text="Vera asks me for money")
    await phone.send(message=message)
    await phone.press("That is all")
    await freeze(database)
    await phone.send(edited_message=message | {"text": "It is nothing", "edit_date": 2})

    assert await heard(database, keeper) == [["Vera asks me for money", "It is nothing"]]
    assert await kept_for_the_team(database) == 0


@pytest.mark.parametrize("said", [{"text": "Vera took it"}, {"photo": [picture("of Vera")]}])
@pytest.mark.parametrize("frozen", [False, True])
async def test_p10_what_was_confided_stays_so_where_telegram_shows_it_again_as_changed_by_nobody(
    phone: Phone, database: Database, said: dict[str, Any], frozen: bool
) -> None:
    """Where nothing else tells any more that it came before, either."""
    await phone.write("/help")
    await phone.press("About somebody who helps me")
    sent = Sent(phone)
    await sent.first(**said, date=just_now())
    await phone.press("That is all")
    if frozen:
        await freeze(database)
    await sent.shown_again()

    assert await kept_for_the_team(database) == 0


async def test_p1_a_cry_in_confidence_from_a_frozen_chat_calls_the_team_without_its_words(
    phone: Phone, database: Database, keeper: Staff
) -> None:
    await phone.write("/help")
    await phone.press("About somebody who helps me")
    await freeze(database)
    await phone.write("he has a gun and will kill me")

    assert await heard(database, keeper) == [["he has a gun and will kill me"]]
    assert await kept_for_the_team(database) == 0
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(Case.severity)) == "emergency"


async def test_p10_words_edited_in_under_a_voice_note_go_where_the_note_went(
    phone: Phone, database: Database, keeper: Staff
) -> None:
    await phone.write("/help")
    await phone.press("About somebody who helps me")
    sent, voice = Sent(phone), {"file_id": "spoken", "file_unique_id": "u", "duration": 3}
    await sent.first(voice=voice)
    await phone.press("That is all")
    await sent.edit(voice=voice, caption="This is what Vera did")
    await sent.edit(voice=voice, caption="All is well", at=200)

    assert await heard(database, keeper) == [["This is what Vera did", "All is well"]]
    assert await kept_for_the_team(database) == 0


async def test_p1_a_picture_that_was_confided_stays_when_another_takes_its_place(
    phone: Phone, database: Database, keeper: Staff
) -> None:
    await phone.write("/help")
    await phone.press("About somebody who helps me")
    sent = Sent(phone)
    await sent.first(photo=[picture("hers")], caption="This is Vera")
    await sent.edit(photo=[picture("flower")])

    async with database.begin(SERVICE) as session:
        actor = actor_of(keeper)
        [line] = await list_complaints(session, actor)
        _, told = await read_complaint(session, actor, line.id)
    assert [(each.file_id, list(each.texts)) for each in told] == [
        ("hers", ["This is Vera"]),
        ("flower", []),
    ]
    assert await kept_for_the_team(database) == 0


@pytest.mark.parametrize("confides", [True, False])
async def test_p1_a_child_who_confides_gets_no_adult_check_ins(
    phone: Phone, database: Database, keeper: Staff, confides: bool
) -> None:
    await phone.write("/help")
    if confides:
        await phone.press("About somebody who helps me")
    await phone.write("I am 15, my caseworker touched me")

    assert await heard(database, keeper) == [["I am 15, my caseworker touched me"]]
    assert await kept_for_the_team(database) == 0
    async with database.begin(SERVICE) as session:
        child = (await session.scalars(select(Returnee))).one()
        assert is_child(child)
        assert not is_known_child(child)


async def test_p10_what_is_confided_behind_help_never_reaches_the_case(
    phone: Phone, database: Database, keeper: Staff
) -> None:
    await phone.write("/help")
    await phone.press("About somebody who helps me")
    await phone.write("/help Vera asks me for money")

    assert await heard(database, keeper) == [["/help Vera asks me for money"]]
    assert await kept_for_the_team(database) == 0


@pytest.mark.parametrize("told", ["Vera asks me for money", "my caseworker touched me"])
async def test_p10_what_is_for_safeguarding_stays_there_when_help_is_put_before_it(
    phone: Phone, database: Database, keeper: Staff, organisation: Organisation, told: str
) -> None:
    sent = Sent(phone)
    await phone.write("/help")
    await phone.press("About somebody who helps me")
    await sent.first(text=told)
    await phone.press("That is all")
    await words_from_a_caseworker(database, organisation)
    await sent.edit(text=f"/help {told}")

    [[*_, newest]] = await heard(database, keeper)
    assert newest == f"/help {told}"
    assert not any(told in (text or "") for text in await texts(database))


async def test_commands_work_while_somebody_confides(
    phone: Phone, database: Database, keeper: Staff
) -> None:
    await phone.write("/help")
    await phone.press("About somebody who helps me")
    assert await phone.write("/language")
    assert await heard(database, keeper) == []


async def test_about_the_lead_is_one_press_and_says_who_reads_it_then(
    phone: Phone, database: Database, keeper: Staff, organisation: Organisation
) -> None:
    async with database.begin(SERVICE) as session:
        await add_staff(session, "Head", organisation, Role.ADMIN)
    await phone.write("/help")
    await phone.press("About somebody who helps me")
    [answer] = await phone.press("It is about who reads this")
    await phone.write("It is Ilir")

    assert "Only a person who runs this service reads it" in answer.text
    assert await heard(database, keeper) == []


async def test_safeguarding_answers_and_hears_what_comes_back(
    phone: Phone, database: Database, keeper: Staff
) -> None:
    await phone.write("/help")
    await phone.press("About somebody who helps me")
    await phone.write("Vera asks me for money")
    await phone.press("That is all")
    async with database.begin(SERVICE) as session:
        complaint_id = await session.scalar(select(Complaint.id))
        assert complaint_id is not None
        await answer_complaint(session, actor_of(keeper), complaint_id, "When <b>was</b> that?")
        rows = await session.scalars(select(OutboxRow).order_by(OutboxRow.number.desc()).limit(1))
        words = await phone.shown(session, rows.one())
    assert "When &lt;b&gt;was&lt;/b&gt; that?" in words.text
    await phone.press_data(words.data("Answer"))
    await phone.write("On Monday")

    assert (await heard(database, keeper))[-1] == ["On Monday"]


@pytest.mark.parametrize("discretion", [Discretion.DISCREET, Discretion.WATCHED])
async def test_p4_on_a_guarded_phone_nothing_of_it_stands_on_the_screen(
    phone: Phone, database: Database, keeper: Staff, discretion: Discretion
) -> None:
    await phone.write("/help")
    async with database.begin(SERVICE) as session:
        await session.execute(update(Returnee).values(discretion=discretion))
    said = [*await phone.press_data("ab:about-staff"), *await phone.write("Vera took money")]

    assert [each.notice for each in said if each.text] == ["confiding", "confided"]
    for each in said:
        assert "protection" not in each.text
        assert "help" not in each.text.lower()
    assert await heard(database, keeper) == [["Vera took money"]]


async def test_a_stranger_who_presses_such_a_button_is_told_that_nothing_is_kept(
    phone: Phone, database: Database
) -> None:
    for data in ("ap", "ae", "ab:nonsense"):
        await phone.press_data(data)

    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(func.count()).select_from(Complaint)) == 0


async def test_somebody_outside_is_named_where_the_organisation_named_one(
    phone: Phone, database: Database, keeper: Staff, organisation: Organisation
) -> None:
    async with database.begin(SERVICE) as session:
        named = await session.get_one(Organisation, organisation.id)
        named.settings = {**named.settings, "complaints_outside": "Ombuds <office>, +355 1"}
    await phone.write("/help")
    [asks] = await phone.press("About somebody who helps me")

    assert "somebody outside: Ombuds &lt;office&gt;, +355 1" in asks.text
