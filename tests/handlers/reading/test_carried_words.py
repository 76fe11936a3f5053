"""What nobody wrote into a message and comes with it all the same: it is heard, and kept only where
somebody has to read it.
"""

import quopri
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import select

from domain.messages.recent_words import said_before
from domain.messages.sealing import body_of
from storage.kinds import MessageKind, Severity
from storage.sessions import SERVICE, Database
from storage.tables.cases import CaseEvent
from storage.tables.organisations import Organisation
from tests.handlers.cries import EMERGENCY, cases, kept, notices, texts
from tests.handlers.editing import Sent, picture
from tests.handlers.enrolling import enrol, invite, known_on
from tests.handlers.phone import Phone
from tests.handlers.reading.kinds import ELSEWHERE, FILE, poll
from tests.handlers.stop_words import WORD

NAMED = {"file_name": f"{EMERGENCY.replace(' ', '_')}.txt"}
SOUND: dict[str, Any] = FILE | {"duration": 3}
FILM: dict[str, Any] = SOUND | {"width": 1, "height": 1}
STREET = {"file_name": "Rruga Myslym Shyri 12.m4a", "title": "Rruga Myslym Shyri"}
SOMEBODY = {"first_name": "Drita", "phone_number": "+355691234567"}
QUOTED = quopri.encodestring(EMERGENCY.encode(), quotetabs=True).decode().replace("\n", "\r\n")


def card(*lines: str) -> dict[str, Any]:
    whole = ["BEGIN:VCARD", "VERSION:3.0", "N:;Drita;;;", "TEL:+355691234567", *lines, "END:VCARD"]
    return {"contact": SOMEBODY | {"vcard": "\n".join(whole)}}


def elsewhere(**shown: Any) -> dict[str, Any]:
    """A reply to what lies in another chat."""
    return {"text": "Look", "external_reply": ELSEWHERE["external_reply"] | shown}


@pytest.mark.parametrize(
    "sent",
    [
        {"document": FILE | NAMED},
        {"document": FILE | {"file_name": f"{quote(EMERGENCY)}%00.txt"}},
        {"audio": SOUND | NAMED},
        {"audio": SOUND | {"title": EMERGENCY}},
        {"audio": SOUND | {"performer": EMERGENCY}},
        {"video": FILM | NAMED},
        {"animation": FILM | NAMED, "document": FILE | NAMED},
        {"paid_media": {"star_count": 1, "paid_media": [{"type": "video", "video": FILM | NAMED}]}},
        poll("This?", media={"document": FILE | NAMED}),
        card(f"NOTE:{EMERGENCY}"),
        card(f"NOTE;CHARSET=UTF-8:{EMERGENCY[:20]}\n {EMERGENCY[20:]}"),
        card("PHOTO;ENCODING=BASE64:AAAA=", f"NOTE;ENCODING=QUOTED-PRINTABLE:{QUOTED}"),
        card("item1.ORG:Hotel;" + EMERGENCY.replace(",", "\\,")),
        elsewhere(contact=card(f"TITLE:{EMERGENCY}")["contact"]),
        elsewhere(document=FILE | NAMED),
        elsewhere(**poll(EMERGENCY)),
    ],
)
async def test_p1_a_cry_is_heard_in_what_comes_with_a_message_and_somebody_reads_it(
    phone: Phone, database: Database, sent: dict[str, Any]
) -> None:
    said = await phone.write(**sent)

    assert notices(said)[0] == "crisis"
    [case] = await cases(database)
    assert case.severity is Severity.EMERGENCY
    [text] = await texts(database)
    assert EMERGENCY in (text or "")
    assert "355" not in (text or "")


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ({"audio": SOUND | STREET}, None),
        ({"document": FILE | {"file_name": "Amal Hassan.pdf"}, "caption": "Mine"}, "Mine"),
        ({"document": FILE | {"file_name": "Amal Hassan.pdf"}, "caption": EMERGENCY}, EMERGENCY),
        (card("NOTE:Cousin of mine", "ADR:;;Rruga Myslym Shyri 12;Tirana"), "Drita"),
    ],
)
async def test_p14_what_a_file_is_called_or_a_card_says_is_kept_nowhere(
    phone: Phone, database: Database, sent: dict[str, Any], text: str | None
) -> None:
    await phone.write("/help")
    await phone.write(**sent)

    assert await texts(database) == [text]
    async with database.begin(SERVICE) as session:
        assert await said_before(session, phone.user_id, 1000) == ([text] if text else [])


async def test_p14_an_address_or_a_picture_on_a_card_is_kept_beside_no_cry(
    phone: Phone, database: Database
) -> None:
    address, packed = "ADR;TYPE=HOME:;;Rruga Myslym Shyri 12;Tirana", "X-PICTURE;ENCODING=B:AAAA"
    await phone.write(**card(address, packed, f"NOTE:{EMERGENCY}"))

    assert await texts(database) == [f"Drita\n> … {EMERGENCY}"]


async def test_p1_a_child_is_heard_under_a_picture_whatever_that_is_called(
    phone: Phone, database: Database
) -> None:
    await phone.write(video=FILM | {"file_name": "VID_2026.mp4"}, caption="I am 15")

    [case] = await cases(database)
    assert case.severity is Severity.URGENT


async def test_of_what_a_caption_and_a_file_say_of_the_past_neither_is_taken_for_heard_in_full(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write(
        document=FILE | {"file_name": "years ago she said I am a minor.txt"},
        caption="He has a knife. Years ago he beat me",
    )

    async with database.begin(SERVICE) as session:
        reasons = (await session.scalars(select(CaseEvent.reasons))).all()
    heard = next(each for each in reasons if "minor.child-writes" in each)
    assert heard[heard.index("violence.recent") + 1] == "scope.past"
    assert heard[heard.index("minor.child-writes") + 1] == "scope.past"
    assert (await known_on(database, phone)).said_child_at is None


async def test_p1_what_is_answered_with_a_call_for_help_lies_in_the_case_once(
    phone: Phone, database: Database
) -> None:
    await phone.write(**elsewhere(**poll(EMERGENCY)) | {"text": "/help look"})

    [message] = await kept(database)
    async with database.begin(SERVICE) as session:
        body = await body_of(session, message)
    assert body["text"] == f"/help look\n> … {EMERGENCY}"
    assert "earlier" not in body


async def test_p1_an_edit_puts_in_a_file_whose_name_is_a_cry(
    phone: Phone, database: Database
) -> None:
    await phone.write("/help")
    sent = Sent(phone)
    await sent.first(document=FILE)
    await sent.edit(document=FILE | NAMED)

    [case] = await cases(database)
    assert case.severity is Severity.EMERGENCY
    assert await texts(database) == [f"> … {EMERGENCY}"]


@pytest.mark.parametrize(
    ("shown", "kind"),
    [
        ({"photo": [picture("shown")]}, MessageKind.PHOTO),
        ({"voice": SOUND}, MessageKind.VOICE),
        ({"animation": FILM, "document": FILE}, MessageKind.PHOTO),
        ({"story": {"chat": {"id": 7, "type": "private"}, "id": 1}}, MessageKind.OTHER),
    ],
)
async def test_p1_a_recording_from_another_chat_that_is_answered_must_be_heard(
    phone: Phone,
    database: Database,
    organisation: Organisation,
    shown: dict[str, Any],
    kind: MessageKind,
) -> None:
    await enrol(phone, await invite(database, organisation))
    said = await phone.write(**elsewhere(**shown))

    [message] = await kept(database)
    assert message.kind is kind
    assert message.listen_by is not None
    assert await texts(database) == ["Look"]
    opens = kind is not MessageKind.OTHER
    assert notices(said) == ["recording-kept" if opens else "unopenable"]


@pytest.mark.parametrize("text", ["/help", "/help look", "/hide"])
async def test_p1_a_recording_that_is_answered_with_a_command_must_be_heard_all_the_same(
    phone: Phone, database: Database, organisation: Organisation, text: str
) -> None:
    await enrol(phone, await invite(database, organisation))
    said = await phone.write(**elsewhere(voice=SOUND) | {"text": text})

    [message] = await kept(database)
    assert message.kind is MessageKind.VOICE
    assert message.listen_by is not None
    assert await texts(database) == [text]
    assert ("help-asked" in notices(said)) is text.startswith("/help")


@pytest.mark.parametrize(
    ("sent", "kind", "text"),
    [
        (elsewhere(voice=SOUND) | {"text": "/help"}, MessageKind.VOICE, "/help"),
        ({"photo": [picture("shown")], "caption": "/help"}, MessageKind.PHOTO, "/help"),
        ({"document": FILE, "caption": "Papers /help"}, MessageKind.DOCUMENT, "Papers /help"),
    ],
)
async def test_p1_what_a_stranger_calls_for_help_with_is_kept_for_whoever_comes(
    phone: Phone, database: Database, sent: dict[str, Any], kind: MessageKind, text: str
) -> None:
    said = await phone.write(**sent)

    [message] = await kept(database)
    assert message.kind is kind
    assert message.listen_by is not None
    assert await texts(database) == [text]
    assert notices(said) == ["help-asked"]


async def test_p1_in_a_frozen_chat_a_recording_that_is_answered_with_a_command_must_be_heard(
    ready: Phone, database: Database
) -> None:
    await ready.write(WORD)
    await ready.write(**elsewhere(voice=SOUND) | {"text": "/help"})

    [message] = await kept(database)
    assert message.kind is MessageKind.VOICE
