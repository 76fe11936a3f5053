"""P4: where somebody may be now, and by whose clock they live there."""

import pytest

from domain.errors import Refused
from domain.pathways.lands import all_lands, likely_lands
from domain.pathways.moving import be_there
from storage.sessions import SERVICE
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre


async def test_p4_a_worker_writes_down_any_country_with_one_clock_and_no_other(
    centre: Centre,
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    async with centre.database.begin(centre.organisation.id, vera.staff_id) as session:
        there = await be_there(session, vera, person.id, "TN")
        assert (there.country, there.time_zone) == ("TN", "Africa/Tunis")
        for nowhere in ("US", "XX", ""):
            with pytest.raises(Refused, match="Choose a country"):
                await be_there(session, vera, person.id, nowhere)
        assert there.country == "TN"


async def test_where_somebody_is_stands_first_and_every_country_once(centre: Centre) -> None:
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        returnee.country = "GE"
        likely, every = await likely_lands(session, returnee), await all_lands(session, returnee)
    assert likely[0] == "GE"
    assert every[: len(likely)] == likely
    assert "TN" in every
    assert len(set(every)) == len(every)
