"""A campaign on the phone of whoever plans it: marked as a test, and no answer is kept."""

from uuid import UUID

from domain import audit
from domain.actors import Actor
from domain.campaigns.drafting import find_campaign
from domain.campaigns.placing import asked_in
from domain.errors import Refused
from domain.notices import Notice, tell_chat
from domain.staff import chat_of_staff
from storage.sessions import Session
from storage.tables.campaigns import Campaign
from storage.tables.staff import Staff


async def try_out(session: Session, actor: Actor, campaign_id: UUID) -> Campaign:
    """Sends its first question to the actor's own chat. Raises NotAllowed and Refused."""
    campaign = await find_campaign(session, actor, campaign_id)
    await _show(session, actor, campaign, 0)
    audit.done_by(session, actor, "campaign.tried", campaign.id)
    return campaign


async def go_on_trying(
    session: Session, actor: Actor, campaign_id: UUID, place: int, *, edit: int | None
) -> None:
    """The question of that place takes the last one's. Raises NotAllowed and Refused."""
    campaign = await find_campaign(session, actor, campaign_id)
    await _show(session, actor, campaign, place, edit=edit)


async def _show(
    session: Session, actor: Actor, campaign: Campaign, place: int, *, edit: int | None = None
) -> None:
    staff = await session.get_one(Staff, actor.staff_id)
    chat_id = chat_of_staff(session, staff)
    if chat_id is None:
        raise Refused("Your Telegram is not connected: open the bot with your own code first.")
    questionnaire = await asked_in(session, campaign)
    params = {
        "campaign": str(campaign.id),
        "organisation": str(campaign.organisation_id),
        "questionnaire": questionnaire.edition,
        "place": place,
    }
    await tell_chat(
        session, chat_id, Notice.STAFF_TRIAL, params, language=staff.language, edit=edit
    )
