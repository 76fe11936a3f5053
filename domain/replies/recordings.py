"""A worker's own voice, for somebody who reads with difficulty or would rather hear a person.

It goes only to a phone that nobody else reads: a voice can't be covered like a line of text.
"""

from base64 import b64decode, b64encode
from uuid import UUID

from domain.actors import Actor
from domain.cases.finding import find_case, own_case
from domain.errors import Refused
from domain.marks import N_
from domain.media import films
from domain.media.damage import Damaged
from domain.messages.body import Body
from domain.messages.sealing import what_opens_of
from domain.replies.sending import Conditions, send
from domain.safeguarding.readings import ensure_may_read
from domain.sound.ogg import ogg
from domain.sound.webm import Unreadable, is_webm, opus_within
from storage.kinds import Direction, Discretion, MessageKind
from storage.sessions import Session
from storage.tables.cases import Case, Message
from storage.tables.returnees import Returnee

#: About two minutes as phones record them.
LARGEST = 512 * 1024
# Seconds; a little more than the page says, since a recorder stops late.
_LONGEST = 125
TOO_LONG = N_("A recording may be two minutes long.")
_UNKNOWN = N_("This is no recording that Telegram plays: send OGG, MP3 or M4A.")
_OPUS_WITHIN = 128
_MP4_BRANDS = (b"M4A ", b"M4B ", b"mp41", b"mp42", b"isom", b"iso2", b"iso5", b"dash")
_SOUND = {"ogg": "audio/ogg", "mp3": "audio/mpeg", "m4a": "audio/mp4"}


def kind_of_sound(data: bytes) -> str | None:
    """Of those that Telegram plays as a voice note, which one it is; by what it holds, whatever it
    is called.
    """
    if data.startswith(b"OggS") and b"OpusHead" in data[:_OPUS_WITHIN]:
        return "ogg"
    if data.startswith(b"ID3") or (len(data) > 1 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2):
        return "mp3"
    if data[4:8] == b"ftyp" and data[8:12] in _MP4_BRANDS:
        return "m4a"
    return None


async def send_recording(
    session: Session, actor: Actor, case_id: UUID, data: bytes, how: Conditions
) -> Message:
    """Raises NotAllowed or Refused."""
    case = await own_case(session, actor, case_id)
    if len(data) > LARGEST:
        raise Refused(TOO_LONG)
    if not await may_hear(session, case):
        raise Refused("Somebody else may hear it on this phone: write words instead.")
    body = Body(text="", audio=b64encode(playable(data)).decode())
    return await send(session, actor, case, MessageKind.VOICE, body, how)


def playable(data: bytes) -> bytes:
    """As Telegram plays it: what a browser recorded into WebM goes into Ogg, the sound untouched.

    Raises Refused.
    """
    try:
        sound = opus_within(data) if is_webm(data) else None
    except Unreadable:
        raise Refused(_UNKNOWN) from None
    if sound is not None:
        if sound.seconds > _LONGEST:
            raise Refused(TOO_LONG)
        return ogg(sound)
    kind = kind_of_sound(data)
    if kind is None:
        raise Refused(_UNKNOWN)
    return _without_place(data) if kind == "m4a" else data


def _without_place(data: bytes) -> bytes:
    """Telephones call a recording after the street in which it was made."""
    try:
        return films.without_place(data)
    except Damaged:
        raise Refused(_UNKNOWN) from None


async def may_hear(session: Session, case: Case) -> bool:
    """Whether nobody but the person hears what their phone plays, as far as they said."""
    returnee = await session.get_one(Returnee, case.returnee_id)
    guarded = returnee.discretion is not Discretion.OPEN or returnee.frozen_at is not None
    return not guarded and not returnee.shared_phone


async def our_recording(
    session: Session, actor: Actor, case_id: UUID, message_id: UUID
) -> tuple[bytes, str] | None:
    """What a colleague recorded, and its type; None where it is none of ours.

    Raises NotAllowed or Refused; NeedsReason for a closed case.
    """
    case = await find_case(session, actor, case_id)
    await ensure_may_read(session, actor, case)
    message = await session.get(Message, message_id)
    if (
        message is None
        or message.case_id != case.id
        or message.direction is Direction.FROM_RETURNEE
    ):
        return None
    return sound_of(await what_opens_of(session, message))


def sound_of(body: Body) -> tuple[bytes, str] | None:
    if "audio" not in body:
        return None
    data = b64decode(body["audio"])
    return data, _SOUND[kind_of_sound(data) or "ogg"]
