"""The counts that stay when check-ins go: of a campaign as a whole, and of nobody in particular."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from domain.check_ins.answers import opened
from domain.check_ins.postponing import DECLINED
from domain.consent import has_consent
from domain.questionnaires.shelf import editions
from domain.returnees.keys import data_key
from storage.keys.keyring import Keyring, SealError
from storage.kinds import CheckInState, Purpose
from storage.sessions import Session
from storage.tables.campaigns import Campaign, CampaignTally
from storage.tables.check_ins import Answer, CheckIn

log = structlog.get_logger()

_CONTEXT = "campaign tally"

# Whoever is gone is not asked any more, and can't answer.
_ENDS_AS = {
    CheckInState.PLANNED: CheckInState.CANCELLED,
    CheckInState.HELD: CheckInState.CANCELLED,
    CheckInState.SENDING: CheckInState.CANCELLED,
    CheckInState.SENT: CheckInState.SILENT,
}

#: By question and choice; None for a question that was skipped.
Answers = Counter[tuple[str, str | None]]


class Tally:
    """How many check-ins ended in which state, and how often each question was answered how."""

    def __init__(self, kept: dict[str, Any] | None = None) -> None:
        kept = kept or {"states": {}, "answers": []}
        #: Those whom they were asked, and did not want, stand apart from the states.
        self.declined: int = kept.get("declined", 0)
        self.states: Counter[CheckInState] = Counter(
            {CheckInState(state): count for state, count in kept["states"].items()}
        )
        self.answers = _counted(kept["answers"])
        #: The same by the edition that asked, where that was noted: older releases do not.
        self.editions = {name: _counted(each) for name, each in kept.get("editions", {}).items()}

    def add(self, edition: str, answers: Answers) -> None:
        self.answers.update(answers)
        self.editions.setdefault(edition, Counter()).update(answers)

    def answers_to(self, edition: str) -> Answers:
        """What another asked is nobody's answer: the same code may mean something else there."""
        others = (each for name, each in self.editions.items() if name != edition)
        return self.answers - sum(others, Counter())

    def sealed(self, keys: Keyring) -> bytes:
        kept = {
            "states": self.states,
            "declined": self.declined,
            "answers": _to_keep(self.answers),
            "editions": {name: _to_keep(each) for name, each in self.editions.items()},
        }
        return keys.seal(json.dumps(kept), _CONTEXT)


def _counted(kept: list[tuple[str, str | None, int]]) -> Answers:
    return Counter({(question, choice): count for question, choice, count in kept})


def _to_keep(answers: Answers) -> list[tuple[str, str | None, int]]:
    return [(question, choice, count) for (question, choice), count in answers.items()]


async def tally_of(session: Session, campaign_id: UUID) -> Tally:
    """Of the check-ins that are gone."""
    row = await session.get(CampaignTally, campaign_id)
    return Tally(json.loads(session.keys.open(row.counts, _CONTEXT))) if row else Tally()


async def hold_tally(session: Session, campaign_id: UUID) -> None:
    """Whoever would take a check-in of it away waits: each is counted as it stands, or here."""
    await _locked(session, campaign_id)


async def count_and_remove(session: Session, check_ins: Iterable[CheckIn]) -> None:
    """Takes away these check-ins of one person, their answers with them; what is counted stays.

    Answers count as in the results: if the person let the team read them. Needs the service's
    scope.
    """
    gone = sorted(check_ins, key=lambda each: str(each.campaign_id))
    for campaign_id, group in groupby(gone, key=lambda each: each.campaign_id):
        of_campaign = [each for each in group if each.state is not CheckInState.SUPERSEDED]
        if campaign_id is not None and of_campaign:
            await _count(session, campaign_id, of_campaign)
    await session.execute(
        delete(CheckIn)
        .where(CheckIn.id.in_([each.id for each in gone]))
        .execution_options(synchronize_session=False)
    )


async def _count(session: Session, campaign_id: UUID, check_ins: Sequence[CheckIn]) -> None:
    row = await _locked(session, campaign_id)
    tally = Tally(json.loads(session.keys.open(row.counts, _CONTEXT)))
    declined = [each for each in check_ins if _was_declined(each)]
    tally.declined += len(declined)
    tally.states.update(_ended_as(each) for each in check_ins if each not in declined)
    returnee_id = check_ins[0].returnee_id
    if await has_consent(session, returnee_id, Purpose.ANSWERS):
        try:
            for edition, answers in (await _answers(session, returnee_id, check_ins)).items():
                tally.add(edition, answers)
        except SealError:
            log.error("answers went uncounted: they don't open", action="tally.unopened")
    row.counts = tally.sealed(session.keys)
    await session.flush()


def _was_declined(check_in: CheckIn) -> bool:
    return check_in.reason == DECLINED and check_in.started_at is None


def _ended_as(check_in: CheckIn) -> CheckInState:
    if check_in.started_at is not None and check_in.state is not CheckInState.ANSWERED:
        return CheckInState.STARTED
    return _ENDS_AS.get(check_in.state, check_in.state)


async def _answers(
    session: Session, returnee_id: UUID, check_ins: Sequence[CheckIn]
) -> dict[str, Answers]:
    """By the edition that asked."""
    key = await data_key(session, returnee_id)
    asked = {each.id: (each.organisation_id, each.questionnaire) for each in check_ins}
    questionnaires = await editions(session, asked.values())
    found = await session.execute(
        select(Answer.check_in_id, Answer.question, Answer.body).where(
            Answer.check_in_id.in_(asked)
        )
    )
    answers: dict[str, Answers] = {}
    for check_in_id, question, body in found:
        questionnaire = questionnaires.get(asked[check_in_id])
        # What this release doesn't know keeps nobody from being forgotten.
        if questionnaire is not None:
            counted = questionnaire.counted(question, opened(key, body))
            of_edition = answers.setdefault(questionnaire.edition, Counter())
            of_edition.update((question, group) for group in counted)
    return answers


async def _locked(session: Session, campaign_id: UUID) -> CampaignTally:
    campaign = await session.get_one(Campaign, campaign_id)
    await session.execute(
        insert(CampaignTally)
        .values(
            campaign_id=campaign_id,
            organisation_id=campaign.organisation_id,
            counts=Tally().sealed(session.keys),
        )
        .on_conflict_do_nothing()
    )
    return await session.get_one(
        CampaignTally, campaign_id, with_for_update=True, populate_existing=True
    )
