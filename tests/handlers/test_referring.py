"""In the chat: whether another organisation may be asked to help, and whether the help came."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from dialogs.notices import refer
from dialogs.presses import HelpCame, OpenCovered, ShareReferral
from domain.notices import Notice
from storage.kinds import (
    Discretion,
    Identity,
    Purpose,
    Received,
    ReferralState,
)
from storage.sessions import SERVICE, Database
from storage.tables.consent import Consent, NoticeText
from storage.tables.organisations import Organisation
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee
from tests.handlers.conftest import NewPhone
from tests.handlers.cries import all_arrives
from tests.handlers.enrolling import enrol, invite, known_on
from tests.handlers.phone import Phone
from tests.handlers.referring import asked, asked_about, is_who


@pytest.mark.parametrize("granted", [True, False])
async def test_p5_the_answer_is_one_tap_and_the_ledger_knows_what_was_read(
    phone: Phone, database: Database, organisation: Organisation, granted: bool
) -> None:
    _, referral_id = await asked_about(phone, database, organisation)
    await phone.press_data(ShareReferral(referral=referral_id, granted=granted).pack())
    async with database.begin(SERVICE) as session:
        line = await session.scalar(select(Consent).where(Consent.purpose == Purpose.PARTNER))
        assert line is not None
        read = await session.get_one(NoticeText, line.text_id)
        referral = await session.get_one(Referral, referral_id)
    assert line.granted is granted
    assert "Rabat <b>Centre</b>" in read.words
    assert "the country you are in" in read.words
    assert "whether you are a child" not in read.words
    assert referral.state is (ReferralState.OFFERED if granted else ReferralState.ASKED)


async def test_p5_a_yes_to_what_has_come_to_nothing_is_no_consent_and_says_so(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    _, referral_id = await asked_about(phone, database, organisation)
    async with database.begin(SERVICE) as session:
        (await session.get_one(Referral, referral_id)).state = ReferralState.LAPSED
    [told] = await phone.press_data(ShareReferral(referral=referral_id, granted=True).pack())

    assert "don't wait for Rabat" in told.text
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(Consent).where(Consent.purpose == "partner")) is None
    await phone.press_data(ShareReferral(referral=referral_id, granted=False).pack())
    async with database.begin(SERVICE) as session:
        line = await session.scalar(select(Consent).where(Consent.purpose == "partner"))
    assert line is not None
    assert not line.granted


async def test_p5_a_yes_is_taken_back_under_privacy(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    _, referral_id = await asked_about(phone, database, organisation)
    await phone.press_data(ShareReferral(referral=referral_id, granted=True).pack())
    await phone.write("/privacy")
    await phone.press("Sharing with")
    async with database.begin(SERVICE) as session:
        referral = await session.get_one(Referral, referral_id)
    assert referral.state is ReferralState.REVOKED


@pytest.mark.parametrize("identity", [Identity.UNCONFIRMED, Identity.DOUBTED])
async def test_p13_a_yes_counts_only_while_it_is_sure_who_is_there_and_else_is_asked_again(
    phone: Phone, database: Database, organisation: Organisation, identity: Identity
) -> None:
    person, referral_id = await asked_about(phone, database, organisation)
    await all_arrives(database)
    await is_who(database, person, identity)
    yes = ShareReferral(referral=referral_id, granted=True).pack()
    again, instead = await phone.press_data(yes)
    twice = await phone.press_data(yes)

    assert again.content["params"]["only_confirmed"]
    assert again.notice == "referral-asked"
    assert "make sure that it is you" in instead.text
    assert "Rabat" not in instead.text
    assert [each.notice for each in twice] == ["revealed"]
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(Consent).where(Consent.purpose == "partner")) is None
        referral = await session.get_one(Referral, referral_id)
    assert referral.state is ReferralState.ASKED
    await is_who(database, person, Identity.CONFIRMED)
    [noted] = await phone.press_data(yes)
    assert noted.notice == "consent-noted"


async def test_p5_a_no_counts_whoever_says_it(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    person, referral_id = await asked_about(phone, database, organisation)
    await phone.press_data(ShareReferral(referral=referral_id, granted=True).pack())
    await is_who(database, person, Identity.DOUBTED)
    await phone.press_data(ShareReferral(referral=referral_id, granted=False).pack())
    async with database.begin(SERVICE) as session:
        referral = await session.get_one(Referral, referral_id)
    assert referral.state is ReferralState.REVOKED


@pytest.mark.parametrize(
    ("notice", "refers"),
    [
        (Notice.REFERRAL_ASKED, ()),
        (Notice.REFERRAL_RECEIVED, ()),
        (Notice.REFERRAL_ACCEPTED, ()),
        (Notice.REFERRAL_ENDED, ()),
        (Notice.REFERRAL_DONE, ("alone",)),
        (Notice.REFERRAL_DONE, ("vital",)),
    ],
)
async def test_p13_an_old_cover_opens_no_partners_name_to_whom_nobody_knows(
    phone: Phone,
    database: Database,
    organisation: Organisation,
    notice: Notice,
    refers: tuple[str, ...],
) -> None:
    person, referral_id = await asked_about(phone, database, organisation)
    async with database.begin(SERVICE) as session:
        (await session.get_one(Returnee, person.id)).discretion = Discretion.DISCREET
    params = {"referral": str(referral_id), "how": "".join(refers)}
    cover = OpenCovered(notice=notice, refers=refer(notice, params)).pack()
    [opened] = await phone.press_data(cover)
    await is_who(database, person, Identity.DOUBTED)
    await all_arrives(database)
    [shut] = await phone.press_data(cover)

    assert "Rabat" in opened.text
    assert "make sure that it is you" in shut.text
    assert "Rabat" not in shut.text


async def test_p13_under_privacy_partners_have_names_only_while_it_is_sure_who_is_there(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    person, referral_id = await asked_about(phone, database, organisation)
    await phone.press_data(ShareReferral(referral=referral_id, granted=True).pack())
    await is_who(database, person, Identity.DOUBTED)
    [privacy] = await phone.write("/privacy")
    shared = [label for label in privacy.buttons if "Sharing" in label]
    [after] = await phone.press("Sharing with")

    assert shared == ["✅ Sharing with …"]
    assert not any("Sharing" in label for label in after.buttons)
    assert "Nothing more is shared" in after.text
    async with database.begin(SERVICE) as session:
        referral = await session.get_one(Referral, referral_id)
    assert referral.state is ReferralState.REVOKED


async def test_p5_on_a_discreet_phone_partners_have_names_after_a_tap(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    person, referral_id = await asked_about(phone, database, organisation)
    await phone.press_data(ShareReferral(referral=referral_id, granted=True).pack())
    async with database.begin(SERVICE) as session:
        (await session.get_one(Returnee, person.id)).discretion = Discretion.DISCREET
    [privacy] = await phone.write("/privacy")
    assert "Sharing with …" in privacy.buttons
    assert not any("Rabat" in label for label in privacy.buttons)

    await phone.press("Sharing with …")
    [after] = await phone.press("✅ Sharing with Rabat")
    assert any(label.startswith("▫️ Sharing with Rabat") for label in after.buttons)
    async with database.begin(SERVICE) as session:
        referral = await session.get_one(Referral, referral_id)
    assert referral.state is ReferralState.REVOKED


async def test_p10_nobody_answers_for_somebody_else(
    phone: Phone, new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    _, referral_id = await asked_about(phone, database, organisation)
    other = new_phone(4_711)
    await enrol(other, await invite(database, organisation))
    for press in (
        ShareReferral(referral=referral_id, granted=True),
        HelpCame(referral=referral_id, received=Received.NO),
        ShareReferral(referral=uuid4(), granted=True),
    ):
        await other.press_data(press.pack())
    async with database.begin(SERVICE) as session:
        referral = await session.get_one(Referral, referral_id)
    assert (referral.state, referral.received_by_person) == (ReferralState.ASKED, None)


async def test_p4_on_a_watched_phone_nothing_says_that_anybody_is_asked(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    person = await known_on(database, phone)
    async with database.begin(SERVICE) as session:
        (await session.get_one(Returnee, person.id)).discretion = Discretion.WATCHED
    referral_id = await asked(database, person, organisation)
    shown = await phone.press_data(ShareReferral(referral=referral_id, granted=True).pack())
    shown += await phone.press_data(HelpCame(referral=referral_id, received=Received.YES).pack())
    assert all("Rabat" not in each.text and "help" not in each.text for each in shown)


async def test_whoever_says_that_no_help_came_reads_that_it_is_passed_on(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    _, referral_id = await asked_about(phone, database, organisation)
    press = HelpCame(referral=referral_id, received=Received.NO)
    [shown] = await phone.press_data(press.pack())
    assert shown.text == "Thank you, I have passed this on."
