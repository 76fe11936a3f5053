"""An office with people who are asked how they are."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.actors import Actor
from domain.check_ins.sending import send_due
from domain.consent import give_consent
from domain.enrolment.invites import issue_invites, redeem_invite
from domain.notices import Notice
from domain.organisations import add_organisation
from domain.questionnaires.keeping import to_document
from domain.questionnaires.values import Questionnaire
from domain.returnees.enrolments import add_returnee, current_enrolment, enrol
from domain.staff import add_staff
from storage.kinds import CampaignState, CheckInState, Purpose, Role
from storage.sessions import SERVICE, Database, Session
from storage.tables.campaigns import Campaign
from storage.tables.check_ins import CheckIn
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.questionnaires import ImportedQuestionnaire
from storage.tables.returnees import Returnee
from tests.documents import content_of

EVERYTHING = (Purpose.CHECK_INS, Purpose.CASEWORKER, Purpose.ANSWERS)


@dataclass(frozen=True, slots=True)
class Office:
    organisation: Organisation
    coordinator: Actor


async def open_office(database: Database, name: str = "Tirana") -> Office:
    async with database.begin(SERVICE) as session:
        organisation = await add_organisation(session, name, country="AL")
        staff = await add_staff(session, "Mira", organisation, Role.COORDINATOR)
    return Office(organisation, Actor(staff.id, organisation.id, Role.COORDINATOR))


async def add_person(
    session: Session,
    organisation: Organisation,
    chat_id: int,
    *,
    agrees_to: tuple[Purpose, ...] = EVERYTHING,
    invited: bool = True,
    **facts: Any,
) -> Returnee:
    returnee = await add_returnee(session, chat_id, organisation, "en", **facts)
    if invited:
        await invite_in(session, returnee, organisation)
    for purpose in agrees_to:
        await give_consent(session, returnee, purpose, True, "1")
    return returnee


async def invite_in(
    session: Session, returnee: Returnee, organisation: Organisation, by: Actor | None = None
) -> None:
    (new,) = await issue_invites(session, organisation.id, actor=by)
    invite = await redeem_invite(session, new.code)
    await enrol(session, returnee, organisation, invite.id)


async def leave(session: Session, returnee: Returnee, organisation: Organisation) -> None:
    """That organisation accompanies them no more."""
    enrolment = await current_enrolment(session, returnee.id, organisation.id)
    assert enrolment is not None
    enrolment.until_at = session.now


async def plan_check_in(session: Session, returnee: Returnee, office: Office) -> CheckIn:
    """Due now, and to be sent within a day."""
    check_in = CheckIn(
        organisation_id=office.organisation.id,
        returnee_id=returnee.id,
        version=1,
        questionnaire="safety-and-needs@1",
        state=CheckInState.PLANNED,
        due_at=session.now,
        expires_at=session.now + timedelta(hours=24),
    )
    session.add(check_in)
    await session.flush()
    return check_in


async def send_what_is_due(database: Database) -> None:
    async with database.begin(SERVICE) as session:
        await send_due(session)


async def shelve(database: Database, office: Office, questionnaire: Questionnaire) -> None:
    """As the office imported it."""
    async with database.begin(SERVICE) as session:
        session.add(
            ImportedQuestionnaire(
                organisation_id=office.organisation.id,
                key=questionnaire.key,
                version=questionnaire.version,
                document=to_document(questionnaire),
                imported_at=session.now,
            )
        )


async def kept(database: Database, check_in_id: UUID) -> CheckIn:
    async with database.begin(SERVICE) as session:
        return await session.get_one(CheckIn, check_in_id)


async def told(database: Database, notice: Notice) -> list[dict[str, Any]]:
    """The parameters of every such notice that waits in the outbox, in order."""
    async with database.begin(SERVICE) as session:
        rows = await session.scalars(
            select(OutboxRow).where(OutboxRow.content.is_not(None)).order_by(OutboxRow.number)
        )
        contents = [content_of(row, session.keys) for row in rows]
    return [content["params"] for content in contents if content.get("notice") == notice]


async def asked_by(
    session: Session, office: Office, check_in: CheckIn, state: CampaignState
) -> Campaign:
    campaign = Campaign(
        organisation_id=office.organisation.id,
        name="First month",
        questionnaire="safety-and-needs",
        group={},
        local_time="2026-05-04T11:00",
        state=state,
        created_at=session.now,
    )
    session.add(campaign)
    await session.flush()
    (await session.get_one(CheckIn, check_in.id)).campaign_id = campaign.id
    return campaign
