"""Check-ins with all that must be looked at before anything is done about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.orm import QueryableAttribute

from domain.check_ins.eligibility import Exclusion, unfit
from domain.children import are_protected, is_child
from domain.consent import last_word
from domain.pathways.reached import stage_of
from domain.questionnaires.shelf import editions
from domain.questionnaires.values import Questionnaire
from storage.batches import at_most, one_of
from storage.check_ins import Campaign, CheckIn
from storage.kinds import CampaignState, CheckInState, Purpose
from storage.organisations import Organisation
from storage.pathways import OnPathway
from storage.returnees import Enrolment, Returnee, Safety
from storage.sessions import Session

# A tick takes so many at a time; the next one comes soon.
BATCH = 100

#: Why a check-in of a pathway that rests is not asked.
PATHWAY_RESTS = "pathway-rests"


Claiming = Select[
    CheckIn,
    Returnee,
    Safety,
    Enrolment,
    CampaignState,
    bool,
    bool,
    bool,
    Organisation,
    datetime | None,
    str | None,
]


@dataclass(frozen=True, slots=True)
class Due:
    check_in: CheckIn
    returnee: Returnee
    safety: Safety
    enrolment: Enrolment | None
    campaign: CampaignState | None
    #: Whether its campaign asks a second time; None without a campaign.
    second_prompt: bool | None
    consents: bool | None
    #: A child's named worker and decision are there.
    protected: bool
    organisation: Organisation
    #: Since when the pathway that it is a step of rests.
    rests_since: datetime | None
    #: Of their pathway, now.
    stage: str | None
    questionnaire: Questionnaire

    @property
    def unfit(self) -> Exclusion | None:
        if self.questionnaire.adults_only and is_child(self.returnee):
            return Exclusion.ADULTS_ONLY
        if not self.questionnaire.speaks(self.returnee.language):
            return Exclusion.NO_TEXT
        return unfit(
            self.returnee,
            self.enrolment,
            protected=self.protected,
            consents=self.consents is True,
        )


async def claim(session: Session, due: Claiming) -> list[Due]:
    """Locks the first of them that nobody else has, and their persons; whoever comes second takes
    others.

    Whoever handles a person's message locks the person before anything of theirs: a tick that
    held one of their check-ins meanwhile, and wanted the person, would wait in a ring.
    """
    rows = await session.execute(due, {"now": session.now})
    return await _with_questionnaires(session, rows.all())


def claiming(
    states: Sequence[CheckInState],
    instant: QueryableAttribute[datetime] | QueryableAttribute[datetime | None],
) -> Claiming:
    """Those in these states whose instant has come. Written down once: it is asked all day."""
    return (
        _query()
        .where(CheckIn.state.in_(states), instant <= bindparam("now"))
        .order_by(instant)
        .limit(at_most(BATCH))
        .with_for_update(of=[CheckIn, Returnee], key_share=True, skip_locked=True)
    )


async def locked(session: Session, check_in_ids: Sequence[UUID]) -> dict[UUID, Due]:
    if not check_in_ids:
        return {}
    rows = await session.execute(_LOCKED, {"check_ins": check_in_ids})
    return {due.check_in.id: due for due in await _with_questionnaires(session, rows.all())}


async def _with_questionnaires(session: Session, rows: Sequence[Any]) -> list[Due]:
    """Without those of an edition that this release doesn't know: a newer one beside it does, and
    nobody else's check-in waits for that.
    """
    asked = [(row[0].organisation_id, row[0].questionnaire) for row in rows]
    found = await editions(session, asked)
    return [
        Due(*[*row, found[name]]) for row, name in zip(rows, asked, strict=True) if name in found
    ]


def _query() -> Claiming:
    enrolled = and_(
        Enrolment.returnee_id == CheckIn.returnee_id,
        Enrolment.organisation_id == CheckIn.organisation_id,
        Enrolment.until_at.is_(None),
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
            Safety,
            Enrolment,
            Campaign.state,
            Campaign.second_prompt,
            last_word(Purpose.CHECK_INS),
            are_protected(),
            Organisation,
            OnPathway.paused_at,
            stage_of(CheckIn),
        )
        .join(Organisation, Organisation.id == CheckIn.organisation_id)
        .join(Returnee, Returnee.id == CheckIn.returnee_id)
        .join(Safety, Safety.returnee_id == CheckIn.returnee_id)
        .outerjoin(Enrolment, enrolled)
        .outerjoin(Campaign, Campaign.id == CheckIn.campaign_id)
        .outerjoin(OnPathway, on_its_pathway)
        .execution_options(populate_existing=True)
    )


# Asked for every batch that is sent, so it is written down once.
_LOCKED = (
    _query().where(one_of(CheckIn.id, "check_ins")).order_by(CheckIn.id).with_for_update(of=CheckIn)
)
