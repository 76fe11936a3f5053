"""A campaign that only gives something to read, on the pages of a coordinator."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from domain.campaigns import Outline, draft
from domain.figures.publication import Counts, Trait, publish
from domain.figures.reach import Reach
from storage.kinds import CampaignState, Role
from storage.sessions import SERVICE
from storage.tables.campaigns import Campaign, CampaignFigures
from tests.console.campaigning import invited
from tests.console.office import Colleague, Office
from tests.domain.checking_in import Office as AtWork
from tests.domain.checking_in import shelve
from tests.domain.questionnaires.forms.sheets import TO_READ, form


async def drafted(office: Office, me: Colleague) -> UUID:
    await invited(office)
    await shelve(
        office.database, AtWork(office.organisation, me.actor), replace(form(TO_READ), languages=())
    )
    async with office.database.begin(SERVICE) as session:
        local_time = session.now.replace(tzinfo=None, microsecond=0) + timedelta(days=1)
        told = Outline(name="Closed on Monday", questionnaire="first-days", local_time=local_time)
        return (await draft(session, me.actor, told)).id


async def ends(office: Office, campaign_id: UUID, read: int, unread: int) -> None:
    """It is over, and counted."""
    counts = Counts()
    counts.reach.update({Reach.ANSWERED: read, Reach.NO_ANSWER: unread})
    figures = publish({Trait.COUNTRY: {"AL": counts}}, [], "first-days@1")
    async with office.database.begin(SERVICE) as session:
        campaign = await session.get_one(Campaign, campaign_id)
        campaign.state, campaign.started_at = CampaignState.STOPPED, session.now
        session.add(
            CampaignFigures(
                campaign_id=campaign_id,
                step="once",
                organisation_id=office.organisation.id,
                asked_at=session.now,
                counted_at=session.now,
                figures=figures.to_keep(),
            )
        )


async def test_what_is_only_to_be_read_stands_as_information_before_and_as_read_afterwards(
    office: Office,
) -> None:
    me = await office.colleague(Role.COORDINATOR)
    campaign = await drafted(office, me)
    async with office.browser_of(me) as browser:
        before = (await browser.get(f"/campaigns/{campaign}")).text
        form_itself = (await browser.get("/questionnaires/look", of="first-days")).text
        await ends(office, campaign, read=31, unread=12)
        after = (await browser.get(f"/campaigns/{campaign}")).text
        results = (await browser.get(f"/campaigns/{campaign}/results")).text
        written = (await browser.get(f"/campaigns/{campaign}/results.csv")).text

    for page in (before, form_itself, after):
        assert "Information to read: it asks nothing." in page
    assert "What there is to read" in before
    assert "of the answers call somebody" not in before
    assert re.search(r">Opened it to read<.*?>30<.*?>75%<", results, re.DOTALL)
    assert "answered" not in results.casefold()
    assert ",Opened it to read," in written


async def test_how_many_read_it_is_not_told_where_fewer_than_five_did_not(office: Office) -> None:
    me = await office.colleague(Role.COORDINATOR)
    campaign = await drafted(office, me)
    await ends(office, campaign, read=31, unread=3)
    async with office.browser_of(me) as browser:
        results = (await browser.get(f"/campaigns/{campaign}/results")).text

    assert "Nearly everybody’s came to the same end" in results
