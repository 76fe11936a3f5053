"""What is looked at where people are asked how they are: by whom it is wanted, and how often."""

from collections import Counter
from uuid import UUID

from sqlalchemy import select

from dialogs.notices import referred
from dialogs.presses import OpenCovered, PutOffCheckIn
from domain.check_ins.postponing import Later
from domain.notices import Notice
from storage.kinds import NOT_SENT_YET, CampaignState, CheckInState
from storage.sessions import SERVICE, Session
from storage.tables.campaigns import Campaign
from storage.tables.check_ins import CheckIn
from tests.model.house import House
from tests.model.telegram import Accepted

_RESTING = (CampaignState.PAUSED, CampaignState.STOPPED)
#: As it can be in the moment after it was sent.
_ON_ITS_WAY = (CheckInState.SENDING, CheckInState.SENT)
_COVERED, _PUT_OFF = f"{OpenCovered.__prefix__}:", f"{PutOffCheckIn.__prefix__}:"


def prompted(sent: Accepted) -> UUID | None:
    """The check-in that this asks somebody to begin, be it covered; no list of days to choose."""
    for data in sent.buttons:
        if data.startswith(_PUT_OFF):
            press = PutOffCheckIn.unpack(data)
            if press.later is Later.PAUSE:
                return press.check_in
        if data.startswith(_COVERED):
            covered = OpenCovered.unpack(data)
            if covered.notice is Notice.CHECK_IN_PROMPT:
                return UUID(referred(covered.notice, covered.refers)["check_in"])
    return None


async def not_to_be_asked(session: Session, check_in_id: UUID) -> str | None:
    """P3 and P12: why this prompt should not have come just now; None if it may."""
    found = await session.execute(
        select(CheckIn.state, Campaign.state)
        .outerjoin(Campaign, Campaign.id == CheckIn.campaign_id)
        .where(CheckIn.id == check_in_id)
    )
    row = found.one_or_none()
    if row is None:
        return None
    state, campaign = row
    if campaign in _RESTING:
        return f"of a campaign that is {campaign}"
    return None if state in _ON_ITS_WAY else f"when it was {state}"


async def nobody_is_asked_twice(house: House) -> None:
    """P12: each occasion of a campaign asks somebody once, and once more who is silent; again only
    who put it off. And nothing waits of what was stopped.
    """
    async with house.machinery.database.begin(SERVICE) as session:
        check_ins = (await session.scalars(select(CheckIn))).all()
        stopped = set(
            await session.scalars(
                select(Campaign.id).where(Campaign.state == CampaignState.STOPPED)
            )
        )
    booked = set(house.sent_rows.values())
    sent = Counter(
        prompted(sent) for sent in house.accepted if (sent.chat, sent.message_id) in booked
    )
    asked, wished = Counter[tuple[UUID, UUID, str]](), Counter[tuple[UUID, UUID, str]]()
    for check_in in check_ins:
        occasion = (check_in.campaign_id or check_in.id, check_in.returnee_id, check_in.step)
        asked[occasion] += sent[check_in.id]
        wished[occasion] += house.calls.put_off[check_in.id]
        waits = check_in.campaign_id in stopped and check_in.state in NOT_SENT_YET
        assert not waits, "it waits, and its campaign was stopped"
    for occasion, times in asked.items():
        most = 2 * (1 + wished[occasion])
        assert times <= most, f"asked {times} times"
