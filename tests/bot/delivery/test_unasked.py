"""Whatever somebody has chosen: nothing unasked leaves outside of it, and no revealing word
reaches a watched screen. Judged as the courier does, and worded as it is sent (P4).
"""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from aiogram.types import InlineKeyboardMarkup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot.delivery.packing import Packing
from bot.delivery.wording import Wire
from dialogs.notices import WORDINGS
from domain.actors import Actor
from domain.calendar import zone
from domain.campaigns import Outline, draft
from domain.check_ins.hours_again import ask_about_hours
from domain.check_ins.outcomes import confirmed
from domain.check_ins.sending import send_due
from domain.check_ins.silence import fall_silent
from domain.consent import give_consent
from domain.consent.renewal import renew_all
from domain.messages.keeping import keep_ours
from domain.notices import ANY_HOUR, MANNERS, Notice, tell
from domain.organisations import add_organisation
from domain.pathways.pausing import move_on
from domain.pathways.placing import Place, put
from domain.pathways.telling import tell_due
from domain.pathways.values import Anchor
from domain.questionnaires.safety_and_needs import SAFETY_AND_NEEDS
from domain.returnees.enrolments import organisation_of
from domain.safety.window import Window, choose_window
from domain.signals.opening import open_or_append
from domain.staff import add_staff
from storage.kinds import (
    CampaignState,
    CheckInState,
    Discretion,
    MessageKind,
    NoticeClass,
    OutboxState,
    Purpose,
    Role,
    Severity,
)
from storage.sessions import SERVICE, Clock, Database, Session
from storage.tables.check_ins import CheckIn
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.pathways import Information
from storage.tables.returnees import Returnee, Safety
from tests.dialogs.params import params_of
from tests.dialogs.revealing import CATALOGUES, revealing
from tests.documents import content_of
from tests.domain.campaigns.campaigning import AT_SIX
from tests.domain.checking_in import add_person
from tests.examples import examples

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
TOLD = sorted(
    notice
    for notice in WORDINGS
    if MANNERS[notice].notice_class is not NoticeClass.STAFF and notice is not Notice.NOTHING_KEPT
)
# Worded only about a row of the directory or of a complaint, which other tests make; or said by its
# own tick. Safeguarding's words travel as a caseworker's do.
UNWORDABLE = {Notice.SERVICE, Notice.SAFEGUARDING_WORDS, Notice.INFORMATION}
# What a caseworker writes: no word of ours, so nobody but them can have put it on a screen.
WORDS = "The heron is over the quarry."
OUTLINE = Outline(name="Asked", questionnaire="safety-and-needs", local_time=AT_SIX)
HOURS = st.times(time(0), time(23, 59)).map(lambda at: at.replace(microsecond=0))
# What holds everything, so that much is left that may go, and must be right about it.
SELDOM = st.integers(0, 3).map(lambda drawn: drawn == 0)
CHOICES = st.fixed_dictionaries(
    {
        "window": st.builds(
            Window, st.frozensets(st.integers(0, 6), min_size=1), opens=HOURS, closes=HOURS
        ),
        "discretion": st.sampled_from(Discretion),
        "never_first": SELDOM,
        "frozen": SELDOM,
        "paused": SELDOM,
        # To check-ins and to a caseworker; and whether it is taken back while something waits.
        "consents": SELDOM.map(lambda refuses: not refuses),
        "takes_back": st.booleans(),
        # An emergency is open, and whoever writes has given a reason why it can't wait.
        "emergency": SELDOM,
        "any_hour": st.booleans(),
        # What asks them is a campaign's, and what it is by then; whether they move on to another
        # country while something waits, where their pathway rests and they are asked anew.
        "campaign": st.sampled_from(
            [CampaignState.RUNNING] * 3 + [CampaignState.PAUSED, CampaignState.STOPPED]
        ),
        "moves_on": SELDOM,
        "wrote": st.none() | st.integers(0, 60),
        "language": st.sampled_from(["en", "ar", "uk", "sq", "fr"]),
        "waits": st.lists(st.integers(0, 60 * 24 * 3), min_size=1, max_size=4),
        "told": st.lists(st.sampled_from(TOLD), min_size=1, max_size=6),
    }
)


# On a busy machine an example takes seconds.
@pytest.mark.timeout(180)
@settings(
    max_examples=examples(0.12),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)
@given(chosen=CHOICES)
async def test_p4_nothing_unasked_leaves_outside_what_the_person_chose_and_nothing_reveals(
    database: Database, clock: Clock, chosen: dict[str, Any]
) -> None:
    clock.offset = NOON - datetime.now(UTC)
    async with database.begin(SERVICE) as session:
        for table in (CheckIn, Information):
            await session.execute(update(table).values(state=CheckInState.CANCELLED))
        person = await somebody(session, chosen)
        await everything_is_on_its_way(session, person, chosen)
    agrees, on_pathway = chosen["consents"], True
    for minutes in sorted(chosen["waits"]):
        clock.offset = NOON + timedelta(minutes=minutes) - datetime.now(UTC)
        for tick in (fall_silent, send_due, tell_due, ask_about_hours, renew_all):
            async with database.begin(SERVICE) as session:
                await tick(session)
        async with database.begin(SERVICE) as session:
            known = await session.get_one(Returnee, person.id)
            if chosen["takes_back"] and agrees and minutes > 60:
                agrees = False
                await give_consent(session, known, Purpose.CHECK_INS, False, "1")
            may_move_on = chosen["moves_on"] and Notice.PARTED not in chosen["told"]
            if may_move_on and on_pathway and minutes > 60:
                on_pathway = False
                await move_on(session, await actor_for(session, known), known.id, "MA")
            held = OutboxRow.state.in_((OutboxState.HELD, OutboxState.WAITING))
            theirs = select(OutboxRow).where(held, OutboxRow.returnee_id == person.id)
            rows = await session.scalars(theirs)
            packing = await Packing.of(session, CATALOGUES, rows.all())
            for row in packing.rows:
                content = content_of(row, session.keys)
                parcel = await packing.prepare(row)
                if parcel is None:
                    continue
                row.state = OutboxState.SENT
                if row.notice_class is not NoticeClass.REPLY:
                    assert_welcome(chosen, known, session.now, content)
                if row.check_in_id is not None:
                    assert agrees
                    assert chosen["campaign"] is CampaignState.RUNNING
                    await confirmed(session, [row.check_in_id], session.now)
                if content["notice"] == Notice.INFORMATION:
                    assert agrees
                    assert on_pathway
                assert_nothing_reveals(known.discretion, chosen["language"], parcel.wire)


async def somebody(session: Session, chosen: dict[str, Any]) -> Returnee:
    name = f"Harbour {datetime.now(UTC).isoformat()}"
    organisation = await add_organisation(session, name, country="AL")
    chat = 10**6 + datetime.now(UTC).microsecond
    agrees = (Purpose.CASEWORKER, Purpose.CHECK_INS) if chosen["consents"] else ()
    person = await add_person(session, organisation, chat, agrees_to=agrees)
    person.language = chosen["language"]
    person.discretion, person.time_zone = chosen["discretion"], "UTC"
    person.frozen_at = session.now if chosen["frozen"] else None
    person.paused_until = session.now + timedelta(hours=30) if chosen["paused"] else None
    if chosen["wrote"] is not None:
        person.last_wrote_at = session.now - timedelta(minutes=chosen["wrote"])
    await choose_window(session, person.id, chosen["window"])
    safety = await session.get_one(Safety, person.id)
    safety.never_first, safety.ask_hours_at = chosen["never_first"], session.now
    safety.second_prompt = True
    return person


async def actor_for(session: Session, person: Returnee, role: Role = Role.SUPERVISOR) -> Actor:
    organisation = await session.get_one(Organisation, await organisation_of(session, person))
    staff = await add_staff(session, "Vera", organisation, role)
    return Actor(staff.id, organisation.id, role)


async def everything_is_on_its_way(
    session: Session, person: Returnee, chosen: dict[str, Any]
) -> None:
    """Some of all notices, a caseworker's words, a campaign's check-in that is due, and a pathway
    that tells something tomorrow.
    """
    organisation_id = await organisation_of(session, person)
    severity = Severity.EMERGENCY if chosen["emergency"] else Severity.CONCERN
    case = await open_or_append(session, person, organisation_id, severity, ["threat.threatened"])
    actor = await actor_for(session, person, Role.CASEWORKER)
    words = await keep_ours(session, case, actor, MessageKind.TEXT, {"text": WORDS})
    coordinator = await actor_for(session, person, Role.COORDINATOR)
    there = Place("three-months", {Anchor.ARRIVAL: session.now.date()})
    await put(session, coordinator, person.id, there, {})
    campaign = await draft(session, coordinator, OUTLINE)
    campaign.state = chosen["campaign"]
    session.add(
        CheckIn(
            organisation_id=organisation_id,
            campaign_id=campaign.id,
            returnee_id=person.id,
            version=1,
            questionnaire=SAFETY_AND_NEEDS.edition,
            state=CheckInState.PLANNED,
            due_at=session.now,
            expires_at=session.now + timedelta(days=4),
        )
    )
    # At last, since whom they part from is with nobody then.
    for notice in chosen["told"]:
        params = await params_of(session, notice, person)
        if notice is Notice.CASEWORKER_WORDS:
            params = {"message": str(words.id)}
        if notice not in UNWORDABLE:
            await tell(session, person, notice, {**params, ANY_HOUR: chosen["any_hour"]})


def assert_nothing_reveals(discretion: Discretion, language: str, wire: Wire) -> None:
    """Of what stands on the screen, buttons included."""
    for call in wire.calls:
        shown = [getattr(call, "text", None) or "", getattr(call, "caption", None) or ""]
        keyboard = getattr(call, "reply_markup", None)
        if isinstance(keyboard, InlineKeyboardMarkup):
            shown += [key.text for row in keyboard.inline_keyboard for key in row]
        if discretion is Discretion.WATCHED:
            assert revealing("\n".join(shown), language) == []
        if discretion is not Discretion.OPEN:
            assert "heron" not in "".join(shown)


def assert_welcome(
    chosen: dict[str, Any], person: Returnee, now: datetime, content: dict[str, Any]
) -> None:
    """The rule once more, in other words."""
    manner = MANNERS[content["notice"]]
    wrote = person.last_wrote_at
    fresh = wrote is not None and now - wrote <= timedelta(minutes=15)
    assert not chosen["frozen"]
    by_a_human = manner.notice_class is NoticeClass.HUMAN
    if by_a_human and (fresh or (chosen["emergency"] and chosen["any_hour"])):
        return
    assert manner.about_case or not chosen["emergency"]
    assert person.paused_until is None or person.paused_until <= now
    assert fresh or not chosen["never_first"]
    assert chosen["window"].holds(now.astimezone(zone(person.time_zone)))
