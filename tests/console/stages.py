"""Things at the stages at which a form about them is offered, and by whom it is seen there."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from sqlalchemy import select, update

from domain.campaigns import Outline, draft
from domain.casework import work
from domain.casework.tasks import add_task
from domain.channels.keeping import add_channel
from domain.children.deciding import decide
from domain.colleagues import handing_over
from domain.colleagues.consulting import consult
from domain.directory.withholding import withhold
from domain.distress import Assessment, Watch
from domain.duty import drills, go_on_duty, swaps
from domain.duty.weekly import EveryWeek, plan_weekly
from domain.enrolment.invites import issue_invites
from domain.identity import agreed_words, new_phone
from domain.lexicon.adding import add_own, put_in_force
from domain.messages.body import Body
from domain.privacy.passing_on import Reason, pass_on
from domain.questionnaires.importing import bring
from domain.questionnaires.safety_and_needs import SAFETY_AND_NEEDS
from domain.queue.saved_views import save_view
from domain.queue.view import View
from domain.safeguarding.confided import keep_in_confidence
from domain.safeguarding.readings import say_why
from domain.staff.browsers import open_session
from storage.kinds import AgeBand, CampaignState, Identity, MessageKind, Outcome, Role, Severity
from storage.sessions import SERVICE
from storage.tables.campaigns import Campaign
from storage.tables.cases import Case
from storage.tables.duty import Shift
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from storage.tables.staff import Passkey, Staff
from tests.console.everything import SLANG, did_not_work
from tests.console.office import Colleague, Office

Seen = list[tuple[Colleague | None, str]]


async def stages_of(office: Office) -> Seen:
    vera, samir = [await office.colleague(Role.CASEWORKER, name) for name in ("Vera", "Samir")]
    async with office.database.begin(SERVICE) as session:
        for each in (vera, samir):
            await go_on_duty(session, each.actor)
    return [
        *await _duty(office, vera, samir),
        *await _cases(office, vera, samir),
        *await _people(office, vera, samir),
        await _confided(office),
        *await _own(office, vera),
        *await _campaigns(office),
    ]


async def _claimed(office: Office, by: Colleague) -> Case:
    case = await office.case(await office.person(), "Hello?", Severity.CONCERN)
    async with office.database.begin(office.organisation.id, by.actor.staff_id) as session:
        await work.claim(session, by.actor, case.id)
    return case


async def _cases(office: Office, vera: Colleague, samir: Colleague) -> Seen:
    own, offered, closed = [await _claimed(office, vera) for _ in range(3)]
    async with office.database.begin(SERVICE) as session:
        me = vera.actor.staff_id
        tomorrow = session.now.date() + timedelta(days=1)
        await add_task(session, vera.actor, own.id, "Look for a bed", tomorrow, me)
        await consult(session, vera.actor, own.id, samir.actor.staff_id, "What now?")
        await handing_over.offer(session, vera.actor, offered.id, samir.actor.staff_id)
        await work.resolve(session, vera.actor, closed.id, Outcome.HELPED)
    return [
        (vera, f"/cases/{own.id}"),
        (samir, f"/cases/{own.id}"),
        (vera, f"/cases/{own.id}/hand-over"),
        (vera, f"/cases/{offered.id}/hand-over"),
        (samir, f"/cases/{offered.id}/hand-over"),
        (vera, f"/cases/{closed.id}"),
        (samir, f"/cases/{closed.id}"),
    ]


async def _people(office: Office, vera: Colleague, samir: Colleague) -> Seen:
    chief = await office.colleague(Role.SUPERVISOR)
    quiet, looked_at = await office.person(), await office.person()
    worded, young, minded, frozen, moving, leaving = [await office.person() for _ in range(6)]
    for each in (worded, young, minded, frozen, moving, leaving):
        await office.case(each, "Hello?", Severity.CONCERN)
    async with office.database.begin(SERVICE) as session:
        await say_why(session, vera.actor, looked_at.id, "We have an appointment")
        await agreed_words.agree_on_words(session, vera.actor, worded.id, "lantern", "river")
        for child in (young, minded):
            (await session.get_one(Returnee, child.id)).age_band = AgeBand.YOUTH
        stopped = await session.get_one(Returnee, frozen.id)
        stopped.frozen_at, stopped.identity = session.now, Identity.CONFIRMED
        await session.flush()
        await decide(session, chief.actor, minded.id, vera.actor.staff_id, "It helps her.")
        await new_phone.propose(session, vera.actor, moving.id)
        await pass_on(session, chief.actor, leaving.id, Reason.ASKED_IN_PERSON)
    people = [(vera, worded), (chief, young), (chief, minded), (vera, frozen), (samir, moving)]
    return [
        (vera, f"/people/{quiet.id}"),
        (vera, f"/people/{looked_at.id}"),
        *((who, f"/people/{person.id}") for who, person in people),
        (chief, f"/people/{leaving.id}"),
        (chief, "/people/leaving"),
    ]


async def _confided(office: Office) -> tuple[Colleague, str]:
    """By a child, of whom the team does not know."""
    keeper, person = await office.colleague(Role.SAFEGUARDING), await office.person()
    async with office.database.begin(SERVICE) as session:
        child = await session.get_one(Returnee, person.id)
        heard = Assessment(Severity.URGENT, ask=False, reasons=("minor.young",))
        await keep_in_confidence(session, child, heard, Body(text="I am 15"), MessageKind.TEXT)
        return keeper, f"/complaints/{child.child_in}"


async def _own(office: Office, vera: Colleague) -> Seen:
    # Not within a transaction, which is cut off where it takes long.
    watch, coordinator = Watch.load(), await office.colleague(Role.COORDINATOR)
    async with office.database.begin(SERVICE) as session:
        await open_session(session, await session.get_one(Staff, vera.actor.staff_id))
        session.add(
            Passkey(
                organisation_id=office.organisation.id,
                staff_id=vera.actor.staff_id,
                credential_id=b"her credential",
                public_key=b"key",
                sign_count=0,
                created_at=session.now,
            )
        )
        await add_channel(session, vera.actor, "ntfys://example.org/hers", shared=False)
        await save_view(session, vera.actor, "Urgent", View(severity=Severity.URGENT))
        slang = await add_own(session, coordinator.actor, SLANG)
        await put_in_force(session, coordinator.actor, slang, watch)
    return [
        (vera, "/account"),
        (vera, "/channels"),
        (vera, "/queue?severity=urgent"),
        (vera, "/queue?severity=emergency"),
        (coordinator, f"/lexicon/{slang}"),
    ]


async def _duty(office: Office, vera: Colleague, samir: Colleague) -> Seen:
    coordinator = await office.colleague(Role.COORDINATOR)
    async with office.database.begin(SERVICE) as session:
        day = session.now.date()
        me, mornings = vera.actor.staff_id, EveryWeek(range(7), time(8), time(12), day)
        await plan_weekly(session, coordinator.actor, me, mornings)
        await session.flush()
        coming = select(Shift.id).where(Shift.staff_id == me, Shift.starts_at > session.now)
        first = await session.scalar(coming.order_by(Shift.starts_at).limit(1))
        assert first is not None
        await swaps.offer(session, vera.actor, first)
        await drills.start(session, coordinator.actor)
        await issue_invites(session, office.organisation.id, actor=coordinator.actor)
    elsewhere = await Office.open(office.database, office.settings, "Where no drill runs")
    await elsewhere.colleague(Role.CASEWORKER)
    another = await elsewhere.colleague(Role.COORDINATOR)
    # Of this week there may be nothing left.
    next_week = f"/rota?week={day + timedelta(weeks=1)}"
    return [
        *((who, "/rota") for who in (vera, samir, another)),
        *((who, next_week) for who in (vera, samir, coordinator)),
        (vera, "/queue"),
        (coordinator, "/invites"),
    ]


async def _campaigns(office: Office) -> Seen:
    coordinator = await office.colleague(Role.COORDINATOR)
    seen: Seen = []
    for state in (CampaignState.RUNNING, CampaignState.PAUSED):
        async with office.database.begin(office.organisation.id) as session:
            noon = datetime.fromisoformat("2099-01-01T12:00")
            outline = Outline(name=state, questionnaire="safety-and-needs", local_time=noon)
            campaign = await draft(session, coordinator.actor, outline)
            await session.execute(
                update(Campaign)
                .where(Campaign.id == campaign.id)
                .values(state=state, started_at=session.now, settles_at=session.now)
            )
        seen.append((coordinator, f"/campaigns/{campaign.id}"))
    async with office.database.begin(SERVICE) as session:
        here = await session.get_one(Organisation, office.organisation.id)
        here.pathways_wait_since = session.now
        form = replace(SAFETY_AND_NEEDS, key="first-days")
        for each in (form, replace(form, questions=form.questions[1:])):
            await bring(session, coordinator.actor, each)
        withheld = await did_not_work(session, office)
        await withhold(session, coordinator.actor, withheld, "It is gone.")
    corrected = (coordinator, "/questionnaires/look?of=first-days")
    return [*seen, corrected, (coordinator, "/pathways"), (coordinator, f"/services/{withheld}")]
