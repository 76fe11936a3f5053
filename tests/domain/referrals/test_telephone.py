"""By which number the two organisations of a referral call each other."""

import pytest

from domain.errors import NotAllowed, Refused
from domain.referrals.reading import read_referral
from domain.referrals.telephone import LONGEST_TELEPHONE, name_telephone, telephone_of
from storage.kinds import Role
from storage.sessions import SERVICE
from storage.tables.organisations import Organisation
from tests.domain.centre import Centre
from tests.domain.referrals.two import Two


async def named(office: Centre, telephone: str, role: Role = Role.COORDINATOR) -> str:
    keeper = await office.colleague(role)
    async with office.database.begin(office.organisation.id) as session:
        await name_telephone(session, keeper, telephone)
    async with office.database.begin(office.organisation.id) as session:
        return telephone_of(await session.get_one(Organisation, office.organisation.id))


async def test_each_side_of_a_referral_reads_the_others_number_until_that_is_taken_away(
    centre: Centre,
) -> None:
    two = await Two.at_work(centre)
    referral = await two.offered()
    await named(two.giver, "+355 4 111")
    await named(two.partner, "  +212 5 222,\n 8 to 20 ")
    read = []
    for emptied in (False, True):
        if emptied:
            await named(two.partner, " ")
        async with centre.database.begin(SERVICE) as session:
            files = [
                await read_referral(session, actor, referral.id) for actor in (two.vera, two.samir)
            ]
        read.append([file.telephone for file in files])

    assert read == [["+212 5 222, 8 to 20", "+355 4 111"], ["", "+355 4 111"]]


@pytest.mark.parametrize(
    ("written", "said"),
    [("ask Samir", "is no telephone number"), ("1" * (LONGEST_TELEPHONE + 1), "too long")],
)
async def test_what_nobody_could_call_is_refused_and_the_number_before_stays(
    centre: Centre, written: str, said: str
) -> None:
    await named(centre, "٠٤٢ ١١١")
    with pytest.raises(Refused, match=said):
        await named(centre, written)
    assert await named(centre, "٠٤٢ ١١١") == "٠٤٢ ١١١"


async def test_p10_a_caseworker_does_not_change_it(centre: Centre) -> None:
    with pytest.raises(NotAllowed):
        await named(centre, "+355 4 111", Role.CASEWORKER)
