"""Check-ins with all that must be looked at before anything is done about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Select, and_, bindparam, func, select, update
from sqlalchemy.orm import QueryableAttribute

from domain.check_ins.eligibility import Exclusion, not_asked
from domain.check_ins.private import are_asked_private
from domain.children.deciding import are_protected
from domain.children.known import is_child_in_confidence, is_known_child
from domain.consent import last_word
from domain.duty.readiness import are_ready
from domain.one_by_one import LOOK_AGAIN_AT_A_BROKEN_ONE
from domain.questionnaires.clinicians import looked_after
from domain.questionnaires.correcting import ask_corrected
from domain.questionnaires.shelf import editions
from domain.questionnaires.values import Questionnaire
from storage.batches import at_most, one_of
from storage.kinds import CampaignState, CheckInState, Purpose
from storage.rows import by_name
from storage.sessions import Session
from storage.tables.campaigns import Campaign
from storage.tables.check_ins import CheckIn
from storage.tables.organisations import Organisation
from storage.tables.pathways import OnPathway, stage_reached
from storage.tables.returnees import STILL_ENROLLED, Enrolment, Returnee, Safety

# A tick takes so many at a time; the next one comes soon.
BATCH = 100
_NOW = bindparam("now", type_=DateTime(timezone=True))

#: Why a check-in of a pathway that rests is not asked.
PATHWAY_RESTS = "pathway-rests"


_Query = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Due:
    check_in: CheckIn
    returnee: Returnee
    #: Whether they want to be asked a second time.
    wants_second_prompt: bool
    enrolled: bool
    invited: bool
    campaign: CampaignState | None
    #: Whether its campaign asks a second time; None without a campaign.
    second_prompt: bool | None
    consents: bool | None
    #: Whether they are asked about health and feelings.
    private: bool
    #: A child's named worker and decision are there, of the organisation that asks.
    protected: bool
    #: Their organisation keeps what it promises.
    ready: bool
    #: The pathway that it is a step of rests, or they are on it no more.
    rests: bool
    #: Of their pathway, now.
    stage: str | None
    #: Since when all that their organisation asks without a campaign waits, after a restore.
    waits_since: datetime | None
    questionnaire: Questionnaire
    #: It measures no health, or a clinician is there for its results.
    looked_after: bool

    @property
    def unfit(self) -> Exclusion | None:
        if self.questionnaire.adults_only and is_known_child(self.returnee):
            return Exclusion.ADULTS_ONLY
        if not self.questionnaire.speaks(self.returnee.language):
            return Exclusion.NO_TEXT
        if not self.enrolled:
            return Exclusion.LEFT
        return not_asked(
            child=is_known_child(self.returnee),
            protected=self.protected,
            invited=self.invited,
            # To some questions nobody agrees who keeps health and feelings to themselves.
            consents=self.consents is True
            and not is_child_in_confidence(self.returnee)
            and self.questionnaire.has_something_for(private=self.private),
        )

    @property
    def may_be_asked_twice(self) -> bool:
        """They allow it, and so does the campaign; on a phone that others read, a second prompt is
        one too many.
        """
        wanted = self.wants_second_prompt and self.second_prompt is not False
        return wanted and not self.returnee.shared_phone


@dataclass(frozen=True, slots=True)
class Claiming:
    """The query of a tick, built once for all its runs, and once for each of two clocks."""

    #: By the database's own clock, which is no parameter: PostgreSQL plans it once (decision 0041).
    now: _Query
    #: By a clock that a test or the demo moved.
    moved: _Query
    #: The column that says when a check-in is due.
    instant: str


@dataclass(frozen=True, slots=True)
class Claimed:
    dues: list[Due]
    #: How many there were, with those that wait for a newer release.
    count: int


async def claim(session: Session, claiming: Claiming) -> Claimed:
    """Locks the first check-ins that are due, and their persons; a second tick takes others. Those
    of an edition that this release does not know are due again later, lest they block the rest.

    Both are locked in one statement: whoever handles a person's message locks the person first, and
    a tick that held a check-in of theirs and then wanted the person would deadlock with that.
    """
    query = claiming.moved if session.is_moved else claiming.now
    rows = (await session.execute(query, {"now": session.now})).all()
    dues = await _with_questionnaires(session, rows)
    unknown = {row.CheckIn.id for row in rows} - {due.check_in.id for due in dues}
    if unknown:
        await session.execute(
            update(CheckIn)
            .where(CheckIn.id.in_(unknown))
            .values({claiming.instant: session.now + LOOK_AGAIN_AT_A_BROKEN_ONE})
            .execution_options(synchronize_session=False)
        )
    return Claimed(dues, len(rows))


def claiming(
    states: Sequence[CheckInState],
    instant: QueryableAttribute[datetime] | QueryableAttribute[datetime | None],
    *also: ColumnElement[bool],
) -> Claiming:
    """For the check-ins in these states whose instant has come."""

    def due_by(now: ColumnElement[datetime]) -> _Query:
        return (
            _query(now)
            .where(CheckIn.state.in_(states), instant <= now, *also)
            .order_by(instant)
            .limit(at_most(BATCH))
            .with_for_update(of=[CheckIn, Returnee], key_share=True, skip_locked=True)
        )

    return Claiming(due_by(func.now()), due_by(_NOW), instant.key)


async def locked(session: Session, check_in_ids: Sequence[UUID]) -> dict[UUID, Due]:
    if not check_in_ids:
        return {}
    rows = await session.execute(_LOCKED, {"check_ins": check_in_ids, "now": session.now})
    return {due.check_in.id: due for due in await _with_questionnaires(session, rows.all())}


async def _with_questionnaires(session: Session, rows: Sequence[Any]) -> list[Due]:
    """Without those of an edition that this release doesn't know: a newer one beside it does, and
    nobody else's check-in waits for that.
    """
    check_ins = [row.CheckIn for row in rows]
    await ask_corrected(session, check_ins)
    asked = [(each.organisation_id, each.questionnaire) for each in check_ins]
    found = await editions(session, asked)
    alone = await _left_alone(session, found)
    return [
        Due(
            **by_name(row, check_in=CheckIn, returnee=Returnee),
            questionnaire=found[name],
            looked_after=name not in alone,
        )
        for row, name in zip(rows, asked, strict=True)
        if name in found
    ]


async def _left_alone(
    session: Session, found: Mapping[tuple[UUID, str], Questionnaire]
) -> set[tuple[UUID, str]]:
    """Those that measure health, and nobody is there to look after what it says."""
    clinical = {name: (name[0], each.key) for name, each in found.items() if each.clinical}
    cared_for = await looked_after(session, set(clinical.values()))
    return {name for name, use in clinical.items() if use not in cared_for}


def _query(now: ColumnElement[datetime]) -> _Query:
    enrolled = and_(
        Enrolment.returnee_id == CheckIn.returnee_id,
        Enrolment.organisation_id == CheckIn.organisation_id,
        STILL_ENROLLED,
    )
    on_its_pathway = and_(
        CheckIn.pathway.is_not(None),
        OnPathway.returnee_id == CheckIn.returnee_id,
        OnPathway.organisation_id == CheckIn.organisation_id,
    )
    return (
        select(
            CheckIn,
            Returnee,
            Safety.second_prompt.label("wants_second_prompt"),
            Enrolment.id.is_not(None).label("enrolled"),
            Enrolment.invite_id.is_not(None).label("invited"),
            Campaign.state.label("campaign"),
            Campaign.second_prompt,
            last_word(Purpose.CHECK_INS).label("consents"),
            are_asked_private().label("private"),
            are_protected(CheckIn.organisation_id).label("protected"),
            are_ready(now).label("ready"),
            _rests().label("rests"),
            stage_reached(CheckIn).label("stage"),
            Organisation.pathways_wait_since.label("waits_since"),
        )
        .join(Organisation, Organisation.id == CheckIn.organisation_id)
        .join(Returnee, Returnee.id == CheckIn.returnee_id)
        .join(Safety, Safety.returnee_id == CheckIn.returnee_id)
        .outerjoin(Enrolment, enrolled)
        .outerjoin(Campaign, Campaign.id == CheckIn.campaign_id)
        .outerjoin(OnPathway, on_its_pathway)
        .execution_options(populate_existing=True)
    )


def _rests() -> ColumnElement[bool]:
    is_on_it = and_(OnPathway.returnee_id.is_not(None), OnPathway.paused_at.is_(None))
    return and_(CheckIn.pathway.is_not(None), ~is_on_it)


# Asked for every batch that is sent, so it is written down once.
_LOCKED = (
    _query(_NOW)
    .where(one_of(CheckIn.id, "check_ins"))
    .order_by(CheckIn.id)
    .with_for_update(of=CheckIn)
)
