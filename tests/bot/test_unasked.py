"""Whatever somebody has chosen: nothing unasked leaves outside of it, and no revealing word
reaches a watched screen. Judged as the courier does, and worded as it is sent (P4).
"""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from aiogram.methods import EditMessageText, SendMessage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot.delivery.packing import Packing
from dialogs.notices import WORDINGS
from domain.cases.opening import open_or_append
from domain.consent import give_consent
from domain.notices import ANY_HOUR, MANNERS, Notice, tell
from domain.organisations import add_organisation
from domain.returnees import add_returnee
from domain.safety import Window, choose_window
from storage.kinds import Discretion, NoticeClass, OutboxState, Purpose, Severity
from storage.outbox import OutboxRow, content_of
from storage.returnees import Returnee, Safety
from storage.sessions import SERVICE, Clock, Database
from tests.dialogs.revealing import CATALOGUES, revealing
from tests.dialogs.test_notices import params_of

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
TOLD = sorted(
    notice
    for notice in WORDINGS
    if MANNERS[notice].notice_class is not NoticeClass.STAFF and notice is not Notice.NOTHING_KEPT
)
# What is worded only about rows that this person has, which other tests make.
UNWORDABLE = {Notice.CASEWORKER_WORDS, Notice.SERVICE}
HOURS = st.times(time(0), time(23, 59)).map(lambda at: at.replace(microsecond=0))
CHOICES = st.fixed_dictionaries(
    {
        "window": st.builds(
            Window, st.frozensets(st.integers(0, 6), min_size=1), opens=HOURS, closes=HOURS
        ),
        "discretion": st.sampled_from(Discretion),
        "never_first": st.booleans(),
        "frozen": st.booleans(),
        "paused": st.booleans(),
        "consents": st.booleans(),
        # An emergency is open, and whoever writes has given a reason why it can't wait.
        "emergency": st.booleans(),
        "any_hour": st.booleans(),
        "wrote": st.none() | st.integers(0, 60),
        "language": st.sampled_from(["en", "ar", "uk", "sq", "fr"]),
        "waits": st.lists(st.integers(0, 60 * 24 * 3), min_size=1, max_size=4),
        "told": st.lists(st.sampled_from(TOLD), min_size=1, max_size=6),
    }
)


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(chosen=CHOICES)
async def test_p4_nothing_unasked_leaves_outside_what_the_person_chose_and_nothing_reveals(
    database: Database, clock: Clock, chosen: dict[str, Any]
) -> None:
    clock.offset = NOON - datetime.now(UTC)
    async with database.begin(SERVICE) as session:
        await session.execute(update(OutboxRow).values(state=OutboxState.CANCELLED))
        name = f"Harbour {datetime.now(UTC).isoformat()}"
        organisation = await add_organisation(session, name, country="AL")
        chat = 10**6 + datetime.now(UTC).microsecond
        person = await add_returnee(session, chat, organisation, chosen["language"])
        person.discretion, person.time_zone = chosen["discretion"], "UTC"
        person.frozen_at = session.now if chosen["frozen"] else None
        person.paused_until = session.now + timedelta(hours=30) if chosen["paused"] else None
        if chosen["wrote"] is not None:
            person.last_wrote_at = session.now - timedelta(minutes=chosen["wrote"])
        await choose_window(session, person.id, chosen["window"])
        (await session.get_one(Safety, person.id)).never_first = chosen["never_first"]
        await give_consent(session, person, Purpose.CASEWORKER, chosen["consents"], "1")
        if chosen["emergency"]:
            reasons = ["threat.threatened"]
            await open_or_append(session, person, organisation.id, Severity.EMERGENCY, reasons)
        for notice in chosen["told"]:
            params = await params_of(session, notice, person)
            if notice not in UNWORDABLE:
                await tell(session, person, notice, {**params, ANY_HOUR: chosen["any_hour"]})
    for minutes in sorted(chosen["waits"]):
        clock.offset = NOON + timedelta(minutes=minutes) - datetime.now(UTC)
        async with database.begin(SERVICE) as session:
            known = await session.get_one(Returnee, person.id)
            held = OutboxRow.state.in_((OutboxState.HELD, OutboxState.WAITING))
            rows = await session.scalars(select(OutboxRow).where(held))
            packing = await Packing.of(session, CATALOGUES, rows.all())
            for row in packing.rows:
                parcel = await packing.pack(row)
                if parcel is None:
                    continue
                row.state = OutboxState.SENT
                if row.notice_class is not NoticeClass.REPLY:
                    assert_welcome(chosen, known, session.now, content_of(row, session.keys))
                if known.discretion is Discretion.WATCHED:
                    for call in parcel.wire.calls:
                        if isinstance(call, SendMessage | EditMessageText):
                            assert revealing(call.text or "", chosen["language"]) == []


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
    assert chosen["window"].holds(now)
