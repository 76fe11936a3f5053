"""What is looked at of a phone that somebody else may look at: nothing tells anything there before
it is opened, nor any longer than it is.
"""

from datetime import datetime, timedelta

from sqlalchemy import Select, select

from domain.returnees.phone import discretion_now
from storage.kinds import Discretion
from storage.sessions import SERVICE
from storage.tables.returnees import PictureLock, Returnee
from tests.dialogs.revealing import revealing
from tests.model.house import House
from tests.model.stage import CRIES, ROW
from tests.model.telegram import Accepted

#: What nobody else must read there, of both sides, and the names of who may be asked to help.
TELLING = (*CRIES, "I am here.", "On my way", "A room for the winter", "Harbour", "Shelter")
# What is due by now has gone a moment later.
_A_MOMENT = timedelta(minutes=1)
# Telegram lets a bot take nothing away that is older than two days, and we forget it before that.
_CAN_GO = timedelta(hours=47)


def told_by(sent: Accepted, language: str) -> list[str]:
    """What in it says what this is about."""
    words = sent.words
    return [*revealing(words, language), *(each for each in TELLING if each in words)]


async def not_to_be_seen(house: House, sent: Accepted) -> str | None:
    """P4: why that should not stand on this phone, just as it comes; None if it may. A watched one
    is open once the row was tapped, and for as long as it stays so; a frozen one never is.
    """
    async with house.machinery.database.begin(SERVICE) as session:
        found = await session.execute(_guarded(house, sent.chat))
        person, open_until = found.one_or_none() or (None, None)
    if person is None or discretion_now(person) is not Discretion.WATCHED:
        return None
    if person.frozen_at is None and open_until is not None and open_until > sent.decided_after:
        assert _was_tapped(house.calls.taps[sent.chat]), "open, and nobody tapped the row"
        return None
    told = told_by(sent, person.language)
    return f"telling {told}" if told else None


async def what_was_open_is_covered(house: House) -> None:
    """P4: some minutes after the last activity nothing on a watched phone tells anything; nor, once
    it is frozen, on any other, of all that came in the two days before.
    """
    now = house.machinery.time.now
    for chat in house.enrolled_chats - house.calls.blocked:
        async with house.machinery.database.begin(SERVICE) as session:
            found = await session.execute(_guarded(house, chat))
            person, open_until = found.one_or_none() or (None, None)
        if person is None or discretion_now(person) is not Discretion.WATCHED:
            continue
        if open_until is not None and open_until > now - _A_MOMENT:
            continue
        frozen_at = person.frozen_at
        since = frozen_at - _CAN_GO + house.ahead if frozen_at is not None else None
        for number, sent in _standing(house, chat, since).items():
            told = told_by(sent, person.language)
            assert not told, f"still there: {told} in {number}"


def _guarded(house: House, chat: int) -> Select[Returnee, datetime | None]:
    keys = house.machinery.database.keys.look_ups(chat, "chat")
    return (
        select(Returnee, PictureLock.open_until)
        .outerjoin(PictureLock, PictureLock.returnee_id == Returnee.id)
        .where(Returnee.chat_key.in_(keys))
    )


def _was_tapped(taps: list[int]) -> bool:
    """One picture after the other, whatever was tapped before and since."""
    return any(tuple(taps[place : place + len(ROW)]) == ROW for place in range(len(taps)))


def _standing(house: House, chat: int, since: datetime | None) -> dict[int, Accepted]:
    """What is on the phone by now, of all that we know to have sent there."""
    there = house.simulator.chat(chat).messages
    booked = set(house.sent_rows.values())
    first: dict[int, datetime] = {}
    last: dict[int, Accepted] = {}
    for sent in house.shown:
        if sent.chat == chat and sent.message_id in there and (chat, sent.message_id) in booked:
            first.setdefault(sent.message_id, sent.at)
            last[sent.message_id] = sent
    return {
        number: sent for number, sent in last.items() if since is None or first[number] >= since
    }
