"""Who is asked for the two words that were agreed on, and until when they may answer."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.delivery.outcome import failed, sent
from bot.delivery.packing import Packing
from bot.delivery.sending import Sent
from domain.identity.agreed_words import agree_on_words, ask_for_words, hear_words
from domain.identity.trust import Proof, confirm
from domain.notices import Notice
from domain.referrals.sharing import ask_about_partner
from storage.kinds import Discretion, OutboxState, Severity
from storage.sessions import SERVICE
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.bot.nights import at_night, by_night, comes_to_a_safe_hour, what_leaves
from tests.bot.outgoing import HURRIED
from tests.dialogs.revealing import CATALOGUES
from tests.documents import content_of
from tests.domain.centre import Centre
from tests.domain.enrolment.leaving import lets_go
from tests.domain.privacy.elsewhere import also_with

pytestmark = pytest.mark.usefixtures("morning")

RIGHT, WRONG = "river lantern", "river boat"


async def asked_by_night(centre: Centre) -> Returnee:
    """At an hour that they did not call safe, and hours after they wrote."""
    person, actor, _ = await at_night(centre, Severity.CONCERN)
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        known.last_wrote_at = session.now - timedelta(days=2)
    async with centre.database.begin(centre.organisation.id) as session:
        await agree_on_words(session, actor, person.id, "lantern", "river")
        await ask_for_words(session, actor, person.id)
        await ask_for_words(session, actor, person.id)
    assert Notice.WORDS_ASKED not in await what_leaves(centre)
    return person


async def words_come(centre: Centre, person: Returnee, text: str) -> bool | None:
    async with centre.database.begin(SERVICE) as session:
        return await hear_words(session, await session.get_one(Returnee, person.id), text)


async def all_goes(centre: Centre, person: Returnee) -> list[str | None]:
    """In their hours; returns what went to them."""
    await comes_to_a_safe_hour(centre, person)
    async with centre.database.begin(SERVICE) as session:
        waiting = OutboxRow.state == OutboxState.WAITING
        rows = await session.scalars(select(OutboxRow).where(waiting).order_by(OutboxRow.number))
        packing = await Packing.of(session, CATALOGUES, rows.all())
        theirs = [row for row in packing.rows if row.returnee_id is not None]
        parcels = [(row, await packing.pack(row)) for row in theirs]
        going = [(content_of(row, session.keys), parcel) for row, parcel in parcels if parcel]
        arrived = [(parcel.taken, Sent(number)) for number, (_, parcel) in enumerate(going, 1)]
        await sent(session, HURRIED, arrived)
        return [content.get("notice") for content, _ in going]


@pytest.mark.parametrize(("hours", "heard"), [(23, False), (25, None)])
async def test_p13_the_question_waits_for_a_safe_hour_and_the_day_to_answer_it_begins_there(
    centre: Centre, hours: int, heard: bool | None
) -> None:
    person = await asked_by_night(centre)
    assert await words_come(centre, person, WRONG) is None, "nobody has asked them yet"
    centre.later(days=3)
    assert (await all_goes(centre, person)).count(Notice.WORDS_ASKED) == 1

    centre.later(hours=hours)
    assert await words_come(centre, person, WRONG) is heard


async def test_p13_whoever_has_written_the_words_by_then_is_not_asked_for_them(
    centre: Centre,
) -> None:
    person = await asked_by_night(centre)
    assert await words_come(centre, person, RIGHT)
    assert Notice.WORDS_ASKED not in await all_goes(centre, person)


async def test_p13_whom_a_worker_has_met_by_then_is_not_asked_for_them_either(
    centre: Centre,
) -> None:
    """Weeks later a short message would be taken for a wrong answer."""
    person = await asked_by_night(centre)
    worker = await centre.colleague()
    async with centre.database.begin(SERVICE) as session:
        await confirm(session, worker, person.id, Proof.MET)
    assert Notice.WORDS_ASKED not in await all_goes(centre, person)
    assert await words_come(centre, person, WRONG) is None


async def test_p13_a_cover_asks_for_nothing_yet(centre: Centre) -> None:
    """The day to answer begins with the question, which is opened when somebody is alone."""
    person = await asked_by_night(centre)
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Returnee, person.id)).discretion = Discretion.DISCREET
    assert Notice.WORDS_ASKED in await all_goes(centre, person)
    centre.later(hours=25)
    assert await words_come(centre, person, WRONG) is None
    assert await words_come(centre, person, RIGHT)


async def test_p13_a_question_that_will_never_come_asks_for_nothing_any_more(
    centre: Centre,
) -> None:
    person = await asked_by_night(centre)
    await comes_to_a_safe_hour(centre, person)
    async with centre.database.begin(SERVICE) as session:
        asks = (await session.scalars(select(OutboxRow).order_by(OutboxRow.number.desc()))).first()
        assert asks is not None
        packing = await Packing.of(session, CATALOGUES, [asks])
        parcel = await packing.pack(packing.rows[0])
        assert parcel is not None
        await failed(session, parcel.taken, "blocked", blocked=True)
    assert await words_come(centre, person, RIGHT) is None


@pytest.mark.parametrize("another", [False, True])
async def test_p13_whom_nobody_accompanies_any_more_is_asked_for_no_words_and_about_no_partner(
    centre: Centre, another: bool
) -> None:
    """Where another organisation still does, what was asked is still for somebody."""
    partner = await Centre.open(centre.database, centre.clock, "Durres")
    await partner.colleague()
    person, actor = await centre.person(), await centre.colleague()
    if another:
        await also_with(centre, person, "Rabat")
    await by_night(centre, person)
    async with centre.database.begin(SERVICE) as session:
        await confirm(session, actor, person.id, Proof.MET)
        await agree_on_words(session, actor, person.id, "lantern", "river")
        await ask_for_words(session, actor, person.id)
        await ask_about_partner(session, actor, person.id, partner.organisation.id)
    await lets_go(centre, actor, person)

    going = await all_goes(centre, person)
    assert Notice.PARTED in going
    assert (Notice.WORDS_ASKED in going) is another
    assert (Notice.PARTNER_ASKED in going) is another
    assert await words_come(centre, person, RIGHT) is (True if another else None)
