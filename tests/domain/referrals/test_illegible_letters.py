"""A letter that no key opens any more."""

from sqlalchemy import update

from domain.privacy.copying import copy_of
from storage.sessions import SERVICE
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee
from tests.domain.referrals.two import Two


async def test_p6_a_copy_says_of_a_letter_that_no_key_opens_that_it_is_missing(two: Two) -> None:
    await two.offered()
    async with two.giver.database.begin(SERVICE) as session:
        await session.execute(update(Referral).values(letter=b"damaged"))
    async with two.giver.database.begin(SERVICE) as session:
        copy = await copy_of(session, await session.get_one(Returnee, two.person.id))
    assert [(each.need, each.opens) for each in copy.referrals] == [(None, False)]
