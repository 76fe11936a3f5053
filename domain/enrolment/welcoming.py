"""How somebody with an invitation comes to be accompanied."""

from sqlalchemy import select

from domain import audit
from domain.enrolment.invites import PhoneTaken, organisation_inviting, redeem_invite
from domain.identity.agreed_words import take_from_invite
from domain.pathways.placing import begin
from domain.returnees.chats import returnee_of_chat
from domain.returnees.enrolments import add_returnee, enrol, was_invited
from domain.returnees.file_numbers import take_file_number
from storage.sessions import Session
from storage.tables.organisations import Organisation
from storage.tables.returnees import STILL_ENROLLED, Enrolment, Returnee


async def enrol_with_invite(session: Session, chat_id: int, code: str, language: str) -> Returnee:
    """Uses up the invite and enrols this chat. Opened again by the same, it changes nothing.

    Raises InviteUnknown, InviteExpired, PhoneTaken or InviteUsed; after InviteUsed the transaction
    must still be committed, since the issuer is alerted in it. Needs the service's scope.
    """
    returnee = await returnee_of_chat(session, chat_id)
    if returnee is not None:
        await _ensure_nobody_elses(session, returnee, code)
    invite = await redeem_invite(session, code, returnee_id=returnee.id if returnee else None)
    organisation = await session.get_one(Organisation, invite.organisation_id)
    if returnee is None:
        returnee = await add_returnee(session, chat_id, organisation, language)
    if invite.used_at != session.now:
        # They may have been let go since, or handed over.
        return returnee
    enrolment = await enrol(session, returnee, organisation, invite.id)
    await take_from_invite(session, returnee, invite)
    take_file_number(session.keys, enrolment, invite)
    audit.record(session, organisation.id, "returnee.enrolled", subject=enrolment.id)
    if invite.pathway is not None:
        await begin(session, returnee, organisation.id, invite.pathway)
    return returnee


async def _ensure_nobody_elses(session: Session, returnee: Returnee, code: str) -> None:
    """One enrolment a chat: an invite for somebody else at home is not used up by this one."""
    organisation_id = await organisation_inviting(session, code)
    if organisation_id is None:
        return
    invited = await session.scalar(
        select(Enrolment.id).where(
            Enrolment.returnee_id == returnee.id,
            Enrolment.organisation_id == organisation_id,
            STILL_ENROLLED,
            was_invited(),
        )
    )
    if invited is not None:
        raise PhoneTaken("This chat is somebody's already.")
