"""The ledger: a line for every yes and no, which text was read, and how it was said.

Lines are only ever added; the newest one of a purpose holds. None is ever set back, so whatever is
said while one lies ahead of the clock is written down as later than that (decision 0054).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, func, literal, select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from domain import prefetched
from storage.batches import at_most
from storage.kinds import How, Purpose
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.consent import Consent, NoticeText, Renewal
from storage.tables.returnees import Returnee

#: What everybody is asked about, in this order.
PURPOSES = (Purpose.CHECK_INS, Purpose.CASEWORKER, Purpose.ANSWERS, Purpose.VOICE)
#: By so much a line is later than one that it must be later than.
LATER = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Shown:
    """What stood before a person when they said yes or no."""

    version: str
    words: str


async def give_consent(
    session: Session,
    returnee: Returnee,
    purpose: Purpose,
    granted: bool,
    shown: Shown | str,
    *,
    how: How = How.WELCOME,
    partner_id: UUID | None = None,
) -> Consent:
    """The person says yes or no to a purpose, having read that; of a bare version, only its name
    is known.
    """
    version, text_id = shown, None
    if isinstance(shown, Shown):
        version, text_id = shown.version, await _keep_words(session, shown, returnee.language)
    consent = Consent(
        returnee_id=returnee.id,
        purpose=purpose,
        partner_id=partner_id,
        granted=granted,
        notice_version=version,
        text_id=text_id,
        language=returnee.language,
        given_at=await _later_than_all(session, returnee.id, purpose, partner_id),
        how=how,
        provisional=granted and returnee.arrived_at is None,
    )
    session.add(consent)
    await session.flush()
    prefetched.forget(session, returnee.id)
    return consent


async def has_consent(
    session: Session, returnee_id: UUID, purpose: Purpose, partner_id: UUID | None = None
) -> bool:
    """What the person said last; never asked is no."""
    known = prefetched.known(session, returnee_id)
    if known is not None and purpose is Purpose.CASEWORKER:
        return known.agreed is True
    granted = await session.scalar(
        select(Consent.granted)
        .where(*_of_this(returnee_id, purpose, partner_id))
        .order_by(Consent.given_at.desc())
        .limit(at_most(1))
    )
    return granted is True


def last_word(purpose: Purpose) -> ScalarSelect[bool]:
    """Whether it is agreed to, within a query of returnees; null for whoever was never asked."""
    return (
        select(Consent.granted)
        .where(Consent.returnee_id == Returnee.id, Consent.purpose == purpose)
        .order_by(Consent.given_at.desc())
        .limit(at_most(1))
        .correlate(Returnee)
        .scalar_subquery()
    )


async def answers_given(session: Session, returnee_id: UUID) -> Mapping[Purpose, Consent]:
    """The newest line of each purpose that everybody is asked about, as far as there is one."""
    lines = await session.scalars(
        select(Consent)
        .where(Consent.returnee_id == returnee_id, Consent.purpose.in_(PURPOSES))
        .ext(distinct_on(Consent.purpose))
        .order_by(Consent.purpose, Consent.given_at.desc())
    )
    return {line.purpose: line for line in lines}


async def texts_read(session: Session, lines: Iterable[Consent]) -> list[NoticeText]:
    """What stood before them when they gave those answers, each once, the newest first."""
    wanted = {line.text_id for line in lines if line.text_id is not None}
    if not wanted:
        return []
    found = await session.scalars(
        select(NoticeText)
        .where(NoticeText.id.in_(wanted))
        .order_by(NoticeText.first_shown_at.desc(), NoticeText.id)
    )
    return list(found)


async def newest_text(session: Session, returnee_id: UUID) -> NoticeText | None:
    """What they read before they last answered; None where only its version is known."""
    return await session.scalar(
        select(NoticeText)
        .join(Consent, Consent.text_id == NoticeText.id)
        .where(Consent.returnee_id == returnee_id, Consent.purpose.in_(PURPOSES))
        .order_by(Consent.given_at.desc())
        .limit(at_most(1))
    )


async def asked_about(session: Session, returnee_id: UUID) -> set[Purpose]:
    """The purposes on which this person has said yes or no."""
    return set(await answers_given(session, returnee_id))


async def bring_noes(
    session: Session, stray_id: UUID, returnee_id: UUID
) -> Sequence[tuple[Purpose, UUID | None]]:
    """The person turns out to be this stray: what they said no to there since their own last word
    on it, with the partner that it was about. Silence said nothing. Each stands in their ledger as
    it was said, with what was read, and when; the rest of the stray's goes with it.
    """
    there, here = [await _last_words(session, each) for each in (stray_id, returnee_id)]
    noes = {
        about: line
        for about, line in there.items()
        if not line.granted
        and line.how is not How.LAPSED
        and (about not in here or here[about].given_at < line.given_at)
    }
    for (purpose, partner_id), line in noes.items():
        session.add(
            Consent(
                returnee_id=returnee_id,
                purpose=purpose,
                partner_id=partner_id,
                granted=False,
                notice_version=line.notice_version,
                text_id=line.text_id,
                language=line.language,
                given_at=line.given_at,
                how=line.how,
            )
        )
    await session.flush()
    prefetched.forget(session, returnee_id)
    return list(noes)


async def _last_words(
    session: Session, returnee_id: UUID
) -> Mapping[tuple[Purpose, UUID | None], Consent]:
    """Of each purpose, and where it is about partners, of each partner."""
    lines = await session.scalars(
        select(Consent)
        .where(Consent.returnee_id == returnee_id)
        .ext(distinct_on(Consent.purpose, Consent.partner_id))
        .order_by(Consent.purpose, Consent.partner_id, Consent.given_at.desc())
    )
    return {(line.purpose, line.partner_id): line for line in lines}


async def _later_than_all(
    session: Session, returnee_id: UUID, purpose: Purpose, partner_id: UUID | None
) -> datetime:
    """Than what they have said to it, than when they were asked anew, and than the talks of theirs
    that a caseworker reads.
    """
    said = select(func.max(Consent.given_at)).where(*_of_this(returnee_id, purpose, partner_id))
    asked = select(func.max(Renewal.since)).where(Renewal.returnee_id == returnee_id)
    began = select(func.max(func.greatest(Case.opened_at, Case.agreed_at))).where(
        Case.returnee_id == returnee_id, literal(purpose is Purpose.CASEWORKER)
    )
    instants = [each.scalar_subquery() for each in (said, asked, began)]
    newest = await session.scalar(select(func.greatest(*instants)))
    return max(session.now, newest + LATER) if newest is not None else session.now


def _of_this(
    returnee_id: UUID, purpose: Purpose, partner_id: UUID | None
) -> tuple[ColumnElement[bool], ...]:
    """Within a query of lines."""
    return (
        Consent.returnee_id == returnee_id,
        Consent.purpose == purpose,
        Consent.partner_id.is_not_distinct_from(partner_id),
    )


async def _keep_words(session: Session, shown: Shown, language: str) -> str:
    """Once, however many people read them. Named by their hash, they prove themselves."""
    digest = sha256(shown.words.encode()).hexdigest()
    await session.execute(
        insert(NoticeText)
        .values(
            id=digest,
            version=shown.version,
            language=language,
            words=shown.words,
            first_shown_at=session.now,
        )
        .on_conflict_do_nothing()
    )
    return digest
