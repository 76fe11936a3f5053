"""What a partner that has a mailbox only does behind its link. Needs the service's scope."""

from dataclasses import dataclass

from domain import audit
from domain.cases.events import happened
from domain.errors import Refused
from domain.names import as_name
from domain.notices import Notice
from domain.referrals.handing_over import ASK_AGAIN, back_to_giver, say_no_help
from domain.referrals.letter import ReferralLetter, letter_of
from domain.referrals.mailing import (
    answered_with,
    opened_with,
    renew_code,
    spend_key,
    use_code,
)
from domain.referrals.receiving import seal_reason
from domain.referrals.telling import tell_claimer, tell_person
from domain.referrals.withdrawing import Ending, end_and_say_so
from storage.kinds import CaseEventKind, Received, ReferralState
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from storage.tables.partners import MailLink
from storage.tables.referrals import Referral


@dataclass(frozen=True, slots=True)
class Opened:
    """What the page shows to whoever posted the code."""

    key: str
    #: The case's code, by which both sides call it.
    code: str
    giver: str
    #: None once it is accepted: then only the outcome is asked for.
    letter: ReferralLetter | None
    received: Received | None


async def open_by_code(session: Session, token: str, code: str) -> Opened | None:
    """None for what is not right. It is noted in the giver's ledger."""
    found = await use_code(session, token, code)
    if found is None:
        return None
    link, key = found
    referral, case = await _of(session, link)
    _record(session, referral, "referral.opened-by-mail")
    return await _opened(session, referral, case, key)


async def still_open(session: Session, token: str, key: str) -> Opened | None:
    """The same once more, to whoever has it before them; None once it was open for too long."""
    try:
        link = await opened_with(session, token, key)
    except Refused:
        return None
    return await _opened(session, *await _of(session, link), key)


async def accept_by_mail(session: Session, token: str, key: str, name: str) -> str:
    """With a name and the day. Returns the code with which they say later whether the help came: a
    new one, where the same is sent once more.

    Raises Refused.
    """
    again = await _sent_again(session, token, key, ReferralState.ACCEPTED)
    if again is not None:
        return await renew_code(session, again.link)
    link, referral, case = await _offered(session, token, key)
    name = as_name(name)
    if not name:
        raise Refused("Write who accepts it.")
    link.accepted_as = session.keys.seal(name, "accepted as")
    spend_key(link, key)
    referral.state = ReferralState.ACCEPTED
    referral.answered_at = session.now
    referral.look_at = session.now + ASK_AGAIN
    happened(session, case, CaseEventKind.REFERRAL_ACCEPTED)
    _record(session, referral, "referral.accepted-by-mail")
    await tell_claimer(session, case, "accepted")
    await tell_person(session, referral, Notice.REFERRAL_ACCEPTED)
    return await renew_code(session, link)


async def reject_by_mail(session: Session, token: str, key: str, reason: str) -> None:
    """Raises Refused."""
    if await _sent_again(session, token, key, ReferralState.REJECTED) is not None:
        return
    link, referral, _ = await _offered(session, token, key)
    await seal_reason(session, referral, reason)
    spend_key(link, key)
    referral.answered_at = session.now
    _record(session, referral, "referral.rejected-by-mail")
    kind = CaseEventKind.REFERRAL_REJECTED
    await end_and_say_so(session, referral, Ending(ReferralState.REJECTED, kind=kind))
    await back_to_giver(session, referral, "rejected")


async def say_outcome_by_mail(session: Session, token: str, key: str, received: Received) -> str:
    """Returns the code for the next time. Raises Refused."""
    again = await _sent_again(session, token, key, ReferralState.ACCEPTED)
    if again is not None and again.received is received:
        return await renew_code(session, again.link)
    link = await opened_with(session, token, key)
    referral, _ = await _of(session, link)
    if referral.state is not ReferralState.ACCEPTED:
        raise Refused("Accept it first.")
    spend_key(link, key)
    referral.received = received
    _record(session, referral, "referral.outcome-by-mail")
    if received is Received.NO:
        await say_no_help(session, referral)
    return await renew_code(session, link)


@dataclass(frozen=True, slots=True)
class _Again:
    link: MailLink
    received: Received | None


async def _sent_again(
    session: Session, token: str, key: str, became: ReferralState
) -> _Again | None:
    """The same form once more, since no answer came to it: what it made of the referral is so, and
    nothing is done twice.
    """
    link = await answered_with(session, token, key)
    if link is None:
        return None
    referral, _ = await _of(session, link)
    return _Again(link, referral.received) if referral.state is became else None


async def _offered(session: Session, token: str, key: str) -> tuple[MailLink, Referral, Case]:
    link = await opened_with(session, token, key)
    referral, case = await _of(session, link)
    if referral.state is not ReferralState.OFFERED:
        raise Refused("This offer has been answered already.")
    return link, referral, case


async def _opened(session: Session, referral: Referral, case: Case, key: str) -> Opened:
    giver = await session.get_one(Organisation, referral.organisation_id)
    offered = referral.state is ReferralState.OFFERED
    return Opened(
        key=key,
        code=case.code,
        giver=giver.name,
        letter=await letter_of(session, referral) if offered else None,
        received=referral.received,
    )


async def _of(session: Session, link: MailLink) -> tuple[Referral, Case]:
    referral = await session.get_one(Referral, link.referral_id, with_for_update=True)
    return referral, await session.get_one(Case, referral.case_id)


def _record(session: Session, referral: Referral, action: str) -> None:
    """Nobody of the staff did it."""
    audit.record(session, referral.organisation_id, action, subject=referral.id)
