"""What each side reads once a referral has ended."""

from domain.notices import Notice
from domain.returnees.chats import chat_id_of
from storage.sessions import SERVICE
from storage.tables.returnees import Returnee
from tests.domain.referrals.two import Two

VERA, SAMIR, LULE = 700, 801, 802


async def told_in(two: Two, chat: int) -> list[str]:
    """Staff there, of referrals."""
    sent = await two.giver.sent(Notice.STAFF_REFERRAL)
    return [str(each.params["what"]) for each in sent if each.chat == chat]


async def told_the_person(two: Two) -> list[str]:
    """Of which referrals that nobody comes."""
    async with two.giver.database.begin(SERVICE) as session:
        chat = chat_id_of(session, await session.get_one(Returnee, two.person.id))
    ended = await two.giver.sent(Notice.REFERRAL_ENDED)
    assert {each.chat for each in ended} <= {chat}
    return [str(each.params["referral"]) for each in ended]
