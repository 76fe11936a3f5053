"""Consent while nobody works on cases any more in the organisation that began last."""

import pytest

from domain.consent import PURPOSES
from domain.notices import Notice
from domain.retention_periods import Kind, choose_days
from storage.sessions import SERVICE
from storage.tables.organisations import Organisation
from tests.domain.centre import Centre
from tests.domain.colleagues.leaving import all_leave, with_both
from tests.domain.consent.renewing import says, ticks

pytestmark = pytest.mark.usefixtures("morning")


async def test_p5_nobody_is_asked_anew_in_turns_by_two_organisations_that_keep_data_for_other_times(
    centre: Centre,
) -> None:
    person, rabat, only_one = await with_both(centre)
    async with centre.database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, rabat.organisation.id)
        choose_days(session, organisation, {Kind.WORDS: 100})
    for purpose in PURPOSES:
        await says(centre, person, purpose, True)
    await ticks(centre)
    await all_leave(rabat, only_one)
    for _ in range(2):
        await ticks(centre)
        await centre.all_arrives()
        centre.later(minutes=11)
        for purpose in PURPOSES:
            await says(centre, person, purpose, True)

    assert await centre.sent(Notice.CONSENT_ANEW) == []
