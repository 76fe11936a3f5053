"""Whatever Telegram calls what somebody sends, it is read as far as it can be, and kept."""

from typing import Any

import pytest
from aiogram.enums import ContentType
from aiogram.types import Message as Sent

from domain.messages.recent_words import said_before
from handlers.reading.contents import SERVICE as TOLD_BY_TELEGRAM
from handlers.reading.contents import kind_of
from handlers.reading.rich_words import read_update
from storage.kinds import MessageKind, Severity
from storage.sessions import SERVICE, Database
from tests.handlers.cries import EMERGENCY, cases, kept, notices, texts
from tests.handlers.phone import Phone
from tests.handlers.reading.kinds import (
    ELSEWHERE,
    FILE,
    PICTURE,
    VOICE_BLOCK,
    checklist,
    game,
    paragraph,
    poll,
    quoting,
    rich,
    table,
)

LIVE = FILE | {"file_id": "moving", "width": 1, "height": 1, "duration": 3}
ROUND = FILE | {"length": 240, "duration": 3}
BOT = {"id": 42, "is_bot": True, "first_name": "Wayhome"}


def nested(text: str, deep: int) -> dict[str, Any]:
    """Bold within bold, which aiogram takes twenty times as long for with each level."""
    return {"type": "bold", "text": nested(text, deep - 1) if deep else text}


STICKER = FILE | {
    "type": "regular",
    "width": 1,
    "height": 1,
    "is_animated": False,
    "is_video": False,
}
WRITER = {"id": 1, "is_bot": False, "first_name": "A"}
SENT = {"message_id": 3, "date": 1, "chat": {"id": 1, "type": "private"}, "from": WRITER}
HALF_BOLD = ["I am ", {"type": "bold", "text": "w"}, "ell"]


@pytest.mark.parametrize("content", ContentType)
def test_p1_each_kind_of_message_is_kept_or_is_nothing_that_anybody_says(
    content: ContentType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Sent, "content_type", content)
    chat = {"id": 1, "type": "private"}
    message = Sent.model_validate({"message_id": 1, "date": 1, "chat": chat})

    assert (kind_of(message) is None) == (content in TOLD_BY_TELEGRAM)


def test_what_people_put_words_or_files_into_is_no_service_message() -> None:
    theirs = list(ContentType)[: list(ContentType).index(ContentType.NEW_CHAT_MEMBERS)]

    assert ContentType.LIVE_PHOTO in theirs
    assert TOLD_BY_TELEGRAM.isdisjoint({*theirs, ContentType.RICH_MESSAGE, ContentType.UNKNOWN})


@pytest.mark.parametrize(
    ("sent", "kind", "text"),
    [
        ({"live_photo": LIVE, "photo": PICTURE}, MessageKind.PHOTO, None),
        ({"video_note": ROUND}, MessageKind.PHOTO, None),
        (poll("Shall I go?", "Yes", "No"), MessageKind.TEXT, "Shall I go?\nYes\nNo"),
        (poll("This?", media={"photo": PICTURE}), MessageKind.OTHER, "This?"),
        (checklist("Papers", "Visa", "Stamp"), MessageKind.TEXT, "Papers\nVisa\nStamp"),
        ({"dice": {"emoji": "🎲", "value": 3}}, MessageKind.TEXT, "🎲"),
        (game("Snake"), MessageKind.TEXT, "Snake\nRun"),
        (rich(paragraph(*HALF_BOLD)), MessageKind.TEXT, "I am well"),
        (rich(paragraph("Good day"), VOICE_BLOCK), MessageKind.OTHER, "Good day"),
        (rich({"type": "divider"}), MessageKind.OTHER, None),
        (rich(table("At noon")), MessageKind.TEXT, "At noon\nWhen"),
        ({"sticker": STICKER}, MessageKind.OTHER, None),
        ({"story": {"chat": {"id": 7, "type": "private"}, "id": 1}}, MessageKind.OTHER, None),
        ({"hologram": {"of": "next year"}}, MessageKind.OTHER, None),
        # Known by name, and otherwise than it was or will be.
        ({"poll": {"id": "1", "question": "Shall I go?"}}, MessageKind.OTHER, None),
        ({"text": "Good day", "quote": {"text": "Well?"}}, MessageKind.OTHER, "Good day"),
    ],
)
async def test_p1_whatever_somebody_sends_is_kept_and_has_a_deadline_unless_it_is_all_words(
    phone: Phone, database: Database, sent: dict[str, Any], kind: MessageKind, text: str | None
) -> None:
    await phone.write("/help")
    said = await phone.write(**sent)

    [message] = await kept(database)
    assert message.kind is kind
    assert (message.listen_by is None) == (kind is MessageKind.TEXT)
    assert await texts(database) == [text]
    receipts = {MessageKind.TEXT: "message-kept", MessageKind.OTHER: "unopenable"}
    receipt = receipts.get(kind, "recording-kept")
    assert notices(said) == [receipt]


async def test_p11_whoever_sends_a_contact_hears_that_its_number_is_not_kept(
    phone: Phone, database: Database
) -> None:
    await phone.write("/help")
    [told] = await phone.write(contact={"first_name": "Drita", "phone_number": "+355691234567"})

    assert "only the name, not the number" in told.text
    assert await texts(database) == ["Drita"]


@pytest.mark.parametrize(
    "sent",
    [
        {"live_photo": LIVE, "photo": PICTURE, "caption": EMERGENCY},
        poll(EMERGENCY, "Yes", "No"),
        poll("What shall I do?", EMERGENCY, "Wait"),
        checklist("Today", "Bread", EMERGENCY),
        {"checklist_tasks_added": {"tasks": [{"id": 1, "text": EMERGENCY}]}},
        {"poll_option_added": {"option_persistent_id": "1", "option_text": EMERGENCY}},
        rich(paragraph("Hello"), {"type": "pre", "text": EMERGENCY}),
        rich({"type": "details", "summary": "Hello", "blocks": [paragraph(EMERGENCY)]}),
        rich({"type": "photo", "photo": PICTURE, "caption": {"text": EMERGENCY}}),
        rich(paragraph(nested(EMERGENCY, 30))),
        {"reply_to_message": SENT | rich(paragraph(nested("Well?", 30))), "text": EMERGENCY},
        {"hologram": {"of": "next year"}, "caption": EMERGENCY},
        {"forward_origin": {"type": "hologram", "date": 1}, "text": EMERGENCY},
        {"audio": FILE, "caption": EMERGENCY},
        {"web_app_data": {"data": EMERGENCY, "button_text": "Write"}},
        {"forum_topic_created": {"name": EMERGENCY, "icon_color": 1}},
        {"forum_topic_edited": {"name": EMERGENCY}},
    ],
)
async def test_p1_a_cry_for_help_is_heard_in_whatever_it_stands(
    phone: Phone, database: Database, sent: dict[str, Any]
) -> None:
    said = await phone.write(**sent)

    assert notices(said)[0] == "crisis"
    [case] = await cases(database)
    assert case.severity is Severity.EMERGENCY
    [text] = await texts(database)
    assert EMERGENCY in (text or "")


def test_no_block_is_read_of_a_message_that_is_answered() -> None:
    """Tables in answer to tables would take a replica twice as long."""
    answered = SENT | {"from": BOT} | rich(table("At noon"))
    update = {"update_id": 1, "message": SENT | {"text": "Yes", "reply_to_message": answered}}
    message = read_update(update).message

    assert message is not None
    assert message.reply_to_message is not None
    assert message.reply_to_message.rich_message is None


@pytest.mark.parametrize("where", ["title", "address"])
async def test_p1_a_cry_in_the_name_of_a_place_is_heard_and_the_place_kept_nowhere(
    phone: Phone, database: Database, where: str
) -> None:
    spot = {"latitude": 41.3, "longitude": 19.8}
    named = {"location": spot, "title": "Harbour", "address": "Quay 1"} | {where: EMERGENCY}
    said = await phone.write(location=spot, venue=named)

    assert notices(said)[0] == "crisis"
    [case] = await cases(database)
    assert case.severity is Severity.EMERGENCY
    assert await texts(database) == [None]
    async with database.begin(SERVICE) as session:
        assert await said_before(session, phone.user_id, 1000) == []


async def test_p1_a_stranger_who_sends_what_nobody_knows_yet_is_told_that_no_machine_reads_it(
    phone: Phone,
) -> None:
    assert notices(await phone.write(hologram={"of": "next year"})) == ["recording-unread"]


async def test_p1_help_that_comes_with_what_nobody_knows_yet_calls_somebody(
    phone: Phone, database: Database
) -> None:
    said = await phone.write("/help", forward_origin={"type": "hologram", "date": 1})

    assert notices(said) == ["help-asked"]
    assert len(await cases(database)) == 1


async def test_p1_a_threat_that_is_quoted_from_another_chat_is_heard_and_kept_as_a_quote(
    phone: Phone, database: Database
) -> None:
    await phone.write("No, nothing new", **quoting(EMERGENCY, **ELSEWHERE))

    [case] = await cases(database)
    assert case.severity is Severity.EMERGENCY
    assert await texts(database) == [f"No, nothing new\n> … {EMERGENCY}"]


async def test_p1_what_they_forward_is_heard_and_no_words_of_their_own_to_whoever_reads_it(
    phone: Phone, database: Database
) -> None:
    """A threat that they were sent. Who sent it is kept nowhere."""
    sender = {"id": 77, "is_bot": False, "first_name": "Besnik"}
    origin = {"type": "user", "date": 1, "sender_user": sender}
    threat = "Tonight I will find you and kill you"
    await phone.write(threat, forward_origin=origin)
    await phone.write("Where are you?\nAnswer", forward_origin=origin)

    [case] = await cases(database)
    assert case.severity is Severity.EMERGENCY
    assert await texts(database) == [f"> … {threat}", "> … Where are you?\n> Answer"]


async def test_p11_where_a_link_behind_a_word_leads_stands_below_what_they_sent(
    database: Database, phone: Phone
) -> None:
    """An offer that somebody was sent may say where to come in nothing else."""
    sender = {"type": "hidden_user", "date": 1, "sender_user_name": "S"}
    link = {"type": "text_link", "offset": 25, "length": 4, "url": "https://work.example/now"}
    name = {"type": "text_mention", "offset": 0, "length": 4, "user": BOT}
    words = "He said I must come: see here or else he will kill me"
    await phone.write(words, forward_origin=sender, entities=[link, name])

    assert await texts(database) == [f"> … {words}\n> https://work.example/now"]


LINK = {"type": "text_link", "offset": 0, "length": 4, "url": "https://work.example/now"}
TASK = {"id": 1, "text": "Call", "text_entities": [LINK]}
RICH_LINK = {"type": "url", "text": ["Call"], "url": "https://work.example/now"}
SAID_LINK = {"type": "url", "text": "https://a.example", "url": "https://a.example"}


@pytest.mark.parametrize(
    ("sent", "kept_as"),
    [
        ({"text": "Call, call", "entities": [LINK, LINK | {"offset": 6}]}, "Call, call\n{}"),
        (rich(paragraph({"type": "bold", "text": [RICH_LINK]}, " now")), "Call now\n{}"),
        (rich(paragraph(SAID_LINK)), "https://a.example"),
        ({"checklist": {"title": "Work", "tasks": [TASK]}}, "Work\nCall\n{}"),
        (
            {"checklist": {"title": "Call", "title_entities": [LINK], "tasks": [TASK]}},
            "Call\nCall\n{}",
        ),
        ({"checklist_tasks_added": {"tasks": [TASK]}}, "Call\n{}"),
        (poll("Call?", "Yes", question_entities=[LINK]), "Call?\nYes\n{}"),
        (
            {
                "text": "Is it good?",
                "quote": {"text": "Call now", "position": 0, "entities": [LINK]},
                **ELSEWHERE,
            },
            "Is it good?\n> … Call now\n> {}",
        ),
    ],
)
async def test_p11_where_words_lead_is_kept_once_wherever_they_stand(
    database: Database, phone: Phone, sent: dict[str, Any], kept_as: str
) -> None:
    await phone.write("/help")
    await phone.send(message=phone.message(**sent))

    assert await texts(database) == [kept_as.format(LINK["url"])]


async def test_p1_what_they_quote_of_their_own_words_is_heard_again(
    phone: Phone, database: Database
) -> None:
    theirs = phone.message(text=EMERGENCY)
    await phone.write("This", **quoting(EMERGENCY, reply_to_message=theirs))

    assert len(await cases(database)) == 1


async def test_what_we_told_them_alarms_nobody_when_they_quote_it(
    phone: Phone, database: Database
) -> None:
    ours = phone.message(text=EMERGENCY) | {"from": BOT}
    await phone.write("/help")
    await phone.write("What is that?", **quoting(EMERGENCY, reply_to_message=ours))

    [case] = await cases(database)
    assert case.severity is Severity.URGENT
    assert await texts(database) == ["What is that?"]


OF_OURS: dict[str, Any] = {"origin": {"type": "user", "sender_user": BOT, "date": 1}}
OF_ANOTHER: dict[str, Any] = {
    "origin": {"type": "user", "sender_user": BOT | {"id": 43}, "date": 1}
}
VOICE: dict[str, Any] = {"voice": FILE | {"duration": 3}}


@pytest.mark.parametrize(
    "shown",
    [
        quoting(EMERGENCY, external_reply=OF_OURS),
        {"external_reply": OF_OURS | poll(EMERGENCY)},
        {"external_reply": OF_OURS | VOICE},
    ],
    ids=["words", "a poll", "a voice"],
)
async def test_what_we_said_in_another_chat_alarms_nobody_who_answers_it_here(
    phone: Phone, database: Database, shown: dict[str, Any]
) -> None:
    await phone.write("/help")
    await phone.write("ok", **shown)

    [case] = await cases(database)
    assert case.severity is Severity.URGENT
    assert await texts(database) == ["ok"]
    [message] = await kept(database)
    assert message.listen_by is None


async def test_p1_what_somebody_else_said_in_another_chat_is_heard_where_it_is_answered(
    phone: Phone, database: Database
) -> None:
    await phone.write("ok", **quoting(EMERGENCY, external_reply=OF_ANOTHER))

    [case] = await cases(database)
    assert case.severity is Severity.EMERGENCY
