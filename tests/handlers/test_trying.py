"""A coordinator tries a check-in on their own phone."""

from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import func, select

from dialogs.presses import TryQuestion
from domain.campaigns import Outline, draft
from domain.campaigns.trying import try_out
from domain.errors import Refused
from domain.staff import actor_of, add_staff
from storage.kinds import Role
from storage.sessions import SERVICE, Database
from storage.tables.campaigns import Campaign
from storage.tables.check_ins import Answer, CheckIn
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff
from tests.handlers.conftest import NewPhone
from tests.handlers.phone import Phone


async def joined(
    new_phone: NewPhone, database: Database, organisation: Organisation, role: Role
) -> Phone:
    async with database.begin(SERVICE) as session:
        new = await add_staff(session, "Ilir", organisation, role)
    phone = new_phone(77)
    await phone.write(f"/start {new.telegram_code}")
    return phone


async def planned(database: Database, organisation: Organisation) -> tuple[Staff, Campaign]:
    async with database.begin(SERVICE) as session:
        query = select(Staff).where(
            Staff.organisation_id == organisation.id, Staff.role == Role.COORDINATOR
        )
        staff = (await session.scalars(query)).one()
        outline = Outline(
            name="First month",
            questionnaire="safety-and-needs",
            local_time=datetime.fromisoformat("2099-01-01T18:00"),
        )
        return staff, await draft(session, actor_of(staff), outline)


async def tries(database: Database, staff: Staff, campaign_id: UUID) -> None:
    async with database.begin(SERVICE) as session:
        await try_out(session, actor_of(staff), campaign_id)


async def test_every_question_comes_marked_as_a_test_and_nothing_is_kept(
    new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    phone = await joined(new_phone, database, organisation, Role.COORDINATOR)
    staff, campaign = await planned(database, organisation)
    await tries(database, staff, campaign.id)
    seen = []
    for place in range(1, 5):
        [shown] = await phone.press_data(TryQuestion(campaign=campaign.id, place=place).pack())
        seen.append(shown.text)

    assert "A test, question 2 of 4. Nothing is kept." in seen[0]
    assert "that was all. Nothing of it was kept" in seen[-1]
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(func.count()).select_from(CheckIn)) == 0
        assert await session.scalar(select(func.count()).select_from(Answer)) == 0


async def test_whoever_has_not_joined_in_telegram_is_told_so(
    database: Database, organisation: Organisation
) -> None:
    async with database.begin(SERVICE) as session:
        await add_staff(session, "Jon", organisation, Role.COORDINATOR)
    staff, campaign = await planned(database, organisation)
    with pytest.raises(Refused, match="not connected"):
        await tries(database, staff, campaign.id)


async def test_p10_a_colleague_who_runs_no_campaigns_sees_nothing_of_it(
    new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    async with database.begin(SERVICE) as session:
        await add_staff(session, "Jon", organisation, Role.COORDINATOR)
    phone = await joined(new_phone, database, organisation, Role.CASEWORKER)
    _, campaign = await planned(database, organisation)
    shown = await phone.press_data(TryQuestion(campaign=campaign.id, place=1).pack())

    assert not any("A test" in each.text for each in shown)
