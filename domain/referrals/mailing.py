"""A partner that has a mailbox only: the link in a mail, and a code that is told on the telephone.

The link shows nothing but a field for the code, to whoever opens it and however often. Only what
is posted with the code that was told, once, opens what travels.
"""

import secrets
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from uuid import UUID

from sqlalchemy import ColumnElement, select, update

from domain import audit
from domain.actors import Actor
from domain.codes.handed import as_issued, new_code
from domain.errors import Refused
from domain.illegible import legible
from domain.one_by_one import if_possible
from domain.referrals.finding import find_given, of_somebody_leaving
from domain.referrals.handing_over import back_to_giver
from domain.referrals.partners import Card, legible_card
from domain.returnees.person import lock_person
from storage.batches import at_most
from storage.kinds import ReferralState
from storage.sessions import Session
from storage.tables.partners import MailLink, MailPartner
from storage.tables.referrals import Referral

#: A code that was guessed at so often is none any more, until a new one is told.
MOST_WRONG = 5
#: So often a mail is tried; then whoever has the case sees that it did not go.
MOST_MAILS = 6
_KEY_LIVES = timedelta(minutes=30)
#: As what a link lies sealed until its mail is on its way.
LINK = "mail link"
_CODE = "partner code"
# No text that somebody sends as a key has such a byte.
_SPENT = b"\xff"
_ANSWERABLE = (ReferralState.OFFERED, ReferralState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Mailing:
    """What whoever gives a referral must know of its mail."""

    card: Card
    mailed_at: datetime | None
    #: It was tried often enough, and did not go.
    failed: bool
    #: Somebody can be told a code now: none is waiting to be used.
    code_waits: bool
    accepted_as: str | None


def begin_link(session: Session, referral: Referral) -> None:
    """A mail is on its way."""
    token = new_code()
    session.add(
        MailLink(
            referral_id=referral.id,
            token_hash=_hashed(token),
            token=session.keys.seal(token, LINK),
            mail_at=session.now,
            mail_tries=0,
            wrong_codes=0,
        )
    )


async def due_mail(session: Session) -> tuple[MailLink, MailPartner] | None:
    """The one that has waited longest, locked, and to whom it goes. Needs the service's scope."""
    found = await session.execute(
        select(MailLink, MailPartner)
        .join(Referral, Referral.id == MailLink.referral_id)
        .join(MailPartner, MailPartner.id == Referral.mail_partner_id)
        .where(
            MailLink.mail_at <= session.due,
            Referral.state == ReferralState.OFFERED,
            ~of_somebody_leaving(),
        )
        .order_by(MailLink.mail_at)
        .limit(at_most(1))
        .with_for_update(of=MailLink, skip_locked=True)
    )
    row = found.one_or_none()
    return (row[0], row[1]) if row else None


async def free_mails(session: Session, dead: Collection[int]) -> None:
    """What replicas were about to send that are no more is due now."""
    await session.execute(
        update(MailLink)
        .where(MailLink.mail_at.is_not(None), MailLink.taker.in_(dead))
        .values(mail_at=session.now, taker=None)
        .execution_options(synchronize_session=False)
    )


async def give_up_mail(session: Session, link: MailLink) -> None:
    """Of a link that is locked. It was tried often enough: whoever gave it calls the partner, or
    asks somebody else, and hears so now, not when two days have gone by. Needs the service's scope.
    """
    link.mail_at = None
    referral = await session.get_one(Referral, link.referral_id, with_for_update=True)
    if referral.state is ReferralState.OFFERED:
        # Whatever is odd about one case, the other mails go on.
        async with if_possible(session, "referrals.failed"):
            await back_to_giver(session, referral, "unanswered")


async def mailing_of(session: Session, referral: Referral) -> Mailing | None:
    """None for an organisation on this installation. Needs the service's scope."""
    if referral.mail_partner_id is None:
        return None
    partner = await session.get_one(MailPartner, referral.mail_partner_id)
    link = await _link_of(session, referral)
    accepted_as = None
    if link is not None and link.accepted_as is not None:
        accepted_as = legible(session.keys, link.accepted_as, "accepted as")
    return Mailing(
        card=legible_card(session, partner),
        mailed_at=link.mailed_at if link else None,
        failed=link is not None and link.mailed_at is None and link.mail_at is None,
        code_waits=link is not None and link.code_hash is not None,
        accepted_as=accepted_as,
    )


async def make_code(session: Session, actor: Actor, referral_id: UUID) -> str:
    """To be told on the telephone, to the person named, and to nobody else. An earlier one that
    was not used is worth nothing any more. Needs the service's scope.

    Raises as find_case, and Refused.
    """
    referral = await find_given(session, actor, referral_id)
    link = await _link_of(session, referral)
    if link is None or referral.state not in _ANSWERABLE:
        raise Refused("There is no mail for which a code could be told.")
    audit.done_by(session, actor, "referral.code-made", referral.id)
    return await renew_code(session, link)


async def renew_code(session: Session, link: MailLink) -> str:
    code = f"{secrets.randbelow(10**8):08}"
    link.code_hash = session.keys.look_up(f"{link.id}:{code}", _CODE)
    link.wrong_codes = 0
    return code


async def use_code(session: Session, token: str, code: str) -> tuple[MailLink, str] | None:
    """The link, and a key with which its page answers for half an hour. None for what is not
    right, whatever that is: whoever guesses learns nothing. Needs the service's scope.
    """
    link = await _answerable(session, token)
    if link is None or link.code_hash is None:
        return None
    # In whose digits ever, and whatever stands between them.
    typed = "".join(str(unicodedata.digit(each)) for each in code if each.isdigit())
    if link.code_hash not in session.keys.look_ups(f"{link.id}:{typed}", _CODE):
        link.wrong_codes += 1
        if link.wrong_codes >= MOST_WRONG:
            link.code_hash = None
        return None
    link.code_hash = None
    key = new_code()
    link.key_hash, link.key_until = _hashed(key), session.now + _KEY_LIVES
    return link, key


async def opened_with(session: Session, token: str, key: str) -> MailLink:
    """Whoever posted the code goes on. Needs the service's scope. Raises Refused."""
    link = await _answerable(session, token)
    if link is None or not _has_now(session, link, _hashed(key)):
        raise Refused("This page was open for too long. Ask to be told a new code.")
    return link


def spend_key(link: MailLink, key: str) -> None:
    """Nothing can be answered with it any more; for the rest of its time it is known that it was
    this one which did.
    """
    link.key_hash = _spent(key)


async def answered_with(session: Session, token: str, key: str) -> MailLink | None:
    """The link that was answered by just this key a moment ago: whoever had no answer sends the
    same again. None for any other. Needs the service's scope.
    """
    link = await find_link(session, _of_the_mail(token), ~of_somebody_leaving())
    return link if link is not None and _has_now(session, link, _spent(key)) else None


async def find_link(session: Session, *which: ColumnElement[bool]) -> MailLink | None:
    """Locked, and before it the person, as by whatever else is done about them: whoever works on
    the referral just then waits for its link, and this must not wait for them meanwhile. Needs the
    service's scope.
    """
    query = select(MailLink).join(Referral, Referral.id == MailLink.referral_id).where(*which)
    whom = await session.scalar(query.with_only_columns(Referral.returnee_id))
    if whom is None:
        return None
    await lock_person(session, whom)
    return await session.scalar(
        query.with_for_update(of=MailLink).execution_options(populate_existing=True)
    )


async def _answerable(session: Session, token: str) -> MailLink | None:
    """None also of somebody who asked to be forgotten: nothing of theirs is used any more (P6)."""
    return await find_link(
        session,
        _of_the_mail(token),
        Referral.state.in_(_ANSWERABLE),
        ~of_somebody_leaving(),
    )


def _of_the_mail(token: str) -> ColumnElement[bool]:
    return MailLink.token_hash == _hashed(as_issued(token))


async def _link_of(session: Session, referral: Referral) -> MailLink | None:
    return await session.scalar(
        select(MailLink).where(MailLink.referral_id == referral.id).with_for_update()
    )


def _has_now(session: Session, link: MailLink, hashed: bytes) -> bool:
    if link.key_hash is None or link.key_until is None or link.key_until < session.now:
        return False
    return compare_digest(link.key_hash, hashed)


def _hashed(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def _spent(key: str) -> bytes:
    return sha256(_SPENT + key.encode()).digest()
