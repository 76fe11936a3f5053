"""A partner with only a mailbox: the mail, the code on the telephone, and what is posted."""

import re

import pytest
from sqlalchemy import select

from domain.casework.reading import read_case
from domain.casework.work import resolve
from domain.errors import NotAllowed, Refused
from domain.identity.trust import distrust
from domain.notices import Notice
from domain.privacy.asking import ask_to_be_forgotten
from domain.profiles.wishing import change_partner
from domain.referrals.by_mail import (
    accept_by_mail,
    open_by_code,
    reject_by_mail,
    say_outcome_by_mail,
)
from domain.referrals.mailing import MOST_WRONG, due_mail, make_code
from domain.referrals.partners import (
    Card,
    add_mail_partner,
    list_mail_partners,
    partners_for,
    retire_mail_partner,
)
from domain.referrals.reading import read_referral
from domain.referrals.receiving import say_outcome
from storage.kinds import (
    CaseState,
    Discretion,
    Identity,
    Outcome,
    Received,
    ReferralState,
    Role,
    Severity,
    Travels,
)
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.partners import MailLink
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee, Safety
from tests.domain.centre import Centre
from tests.domain.referrals.mailing import CARD, begun, key_of, known, mailed
from tests.domain.referrals.two import NEED, Two


@pytest.fixture
async def two(centre: Centre) -> Two:
    two = await Two.at_work(centre)
    await known(two)
    return two


async def told(two: Two, referral: Referral) -> str:
    async with two.giver.database.begin(SERVICE) as session:
        return await make_code(session, two.vera, referral.id)


async def opened(two: Two, token: str, code: str):  # type: ignore[no-untyped-def]
    async with two.giver.database.begin(SERVICE) as session:
        return await open_by_code(session, token, code)


async def test_p5_no_mail_goes_before_the_person_said_yes(two: Two) -> None:
    referral = await begun(two)
    async with two.giver.database.begin(SERVICE) as session:
        assert (await session.scalars(select(MailLink))).all() == []
    await two.answers(referral)
    async with two.giver.database.begin(SERVICE) as session:
        assert len((await session.scalars(select(MailLink))).all()) == 1


async def test_the_code_opens_once_what_was_picked_with_the_safe_way_beside_the_number(
    two: Two,
) -> None:
    async with two.giver.database.begin(SERVICE) as session:
        (await session.get_one(Returnee, two.person.id)).discretion = Discretion.DISCREET
    referral, token = await mailed(two, reach_at="+355 69 000")
    code = await told(two, referral)
    assert re.fullmatch(r"\d{8}", code)
    page = await opened(two, token, f"{code[:4]} {code[4:]}")
    assert page is not None
    assert page.letter.need == NEED
    assert page.letter.reach_at == "+355 69 000"
    assert page.letter.reach.discretion is Discretion.DISCREET
    assert page.letter.country is None
    assert await opened(two, token, code) is None


async def test_p4_how_they_are_reached_safely_is_as_it_is_when_the_partner_opens_it(
    two: Two,
) -> None:
    """Between their yes and that may lie two days, and somebody else at their phone."""
    referral, token = await mailed(two, reach_at="+355 69 000")
    async with two.giver.database.begin(SERVICE) as session:
        (await session.get_one(Returnee, two.person.id)).shared_phone = True
        (await session.get_one(Safety, two.person.id)).never_first = True
    page = await opened(two, token, await told(two, referral))
    assert (page.letter.reach.shared_phone, page.letter.reach.never_first) == (True, True)
    assert page.letter.country is None


async def test_p10_of_somebody_who_is_handed_over_since_the_giver_reads_nothing_new(
    two: Two,
) -> None:
    """What a mailbox has accepted goes on, wherever they are."""
    referral, token = await mailed(two, reach_at="+355 69 000")
    key = await key_of(two, referral, token)
    async with two.giver.database.begin(SERVICE) as session:
        await accept_by_mail(session, token, key, "Ana Marku")
    await two.accepts(await two.offered())
    async with two.giver.database.begin(SERVICE) as session:
        (await session.get_one(Safety, two.person.id)).never_first = True
    async with two.giver.database.begin(SERVICE) as session:
        file = await read_referral(session, two.vera, referral.id)
    assert file.letter is not None
    assert file.letter.reach is not None
    assert not file.letter.reach.never_first


async def test_p4_a_partner_calls_nobody_first_who_has_used_their_stop_word_meanwhile(
    two: Two,
) -> None:
    referral, token = await mailed(two, reach_at="+355 69 000")
    async with two.giver.database.begin(SERVICE) as session:
        (await session.get_one(Returnee, two.person.id)).frozen_at = session.now
    page = await opened(two, token, await told(two, referral))
    assert page.letter.reach.never_first


async def test_p13_a_partner_hears_that_it_is_doubted_since_who_holds_the_phone(two: Two) -> None:
    referral, token = await mailed(two, reach_at="+355 69 000")
    async with two.giver.database.begin(SERVICE) as session:
        await distrust(session, two.vera, two.person.id)
    page = await opened(two, token, await told(two, referral))
    assert page.letter.identity is Identity.DOUBTED


@pytest.mark.parametrize("zero", "٠۰")
async def test_a_code_is_right_in_the_digits_of_whoever_types_it(two: Two, zero: str) -> None:
    """Telephones in Arabic, Farsi and others have their own."""
    referral, token = await mailed(two)
    code = await told(two, referral)
    typed = "".join(chr(ord(zero) + int(digit)) for digit in code)
    assert await opened(two, token, typed) is not None


@pytest.mark.parametrize("wrong", ["", "00000000 ", "' OR 1=1 --", "۱۲۳۴۵۶۷۸"])
async def test_p10_guessing_puts_an_end_to_the_code_and_tells_nothing(two: Two, wrong: str) -> None:
    referral, token = await mailed(two)
    code = await told(two, referral)
    for _ in range(MOST_WRONG):
        assert await opened(two, token, wrong) is None
    assert await opened(two, token, code) is None
    assert await opened(two, "no-such-link", code) is None
    # A new code can be mistyped as often as the first.
    code = await told(two, referral)
    assert await opened(two, token, wrong) is None
    assert await opened(two, token, code) is not None


async def test_p6_of_somebody_who_asked_to_be_forgotten_no_mail_goes_and_no_link_opens(
    two: Two,
) -> None:
    async with two.giver.database.begin(SERVICE) as session:
        (await session.get_one(Returnee, two.person.id)).discretion = Discretion.WATCHED
    referral, token = await mailed(two)
    code = await told(two, referral)
    async with two.giver.database.begin(SERVICE) as session:
        assert await due_mail(session) is not None
        await resolve(session, two.vera, two.case.id, Outcome.HELPED)
        await ask_to_be_forgotten(session, await session.get_one(Returnee, two.person.id))
    async with two.giver.database.begin(SERVICE) as session:
        assert await due_mail(session) is None
    assert await opened(two, token, code) is None


async def test_it_is_accepted_with_a_name_and_the_case_stays_with_the_giver(two: Two) -> None:
    referral, token = await mailed(two)
    page = await opened(two, token, await told(two, referral))
    async with two.giver.database.begin(SERVICE) as session:
        with pytest.raises(Refused, match="new code"):
            await accept_by_mail(session, token, "another key", "Ana")
    async with two.giver.database.begin(SERVICE) as session:
        with pytest.raises(Refused, match="who accepts"):
            await accept_by_mail(session, token, page.key, " ")
    async with two.giver.database.begin(SERVICE) as session:
        later = await accept_by_mail(session, token, page.key, "Ana Marku")
    async with two.giver.database.begin(SERVICE) as session:
        file = await read_referral(session, two.vera, referral.id)
    assert file.mailing is not None
    assert (file.line.state, file.mailing.accepted_as) == (ReferralState.ACCEPTED, "Ana Marku")
    assert (await two.case_now(two.case.id)).claimed_by == two.vera.staff_id
    # Somebody may call them whom they do not know.
    [told_so] = await two.giver.sent(Notice.REFERRAL_ACCEPTED)
    assert told_so.params["referral"] == str(referral.id)
    # Later the same link asks for the outcome, and shows nothing about the person.
    again = await opened(two, token, later)
    assert again is not None
    assert again.letter is None


async def test_that_no_help_came_stands_in_the_case(two: Two) -> None:
    referral, token = await mailed(two)
    page = await opened(two, token, await told(two, referral))
    async with two.giver.database.begin(SERVICE) as session:
        later = await accept_by_mail(session, token, page.key, "Ana Marku")
    page = await opened(two, token, later)
    async with two.giver.database.begin(SERVICE) as session:
        await say_outcome_by_mail(session, token, page.key, Received.NO)
    async with two.giver.database.begin(two.giver.organisation.id) as session:
        file = await read_case(session, two.vera, two.case.id)
    assert file.why[-1] == "referral.no-help"


async def test_a_page_that_was_open_for_too_long_answers_nothing_more(two: Two) -> None:
    referral, token = await mailed(two)
    page = await opened(two, token, await told(two, referral))
    two.giver.later(minutes=31)
    async with two.giver.database.begin(SERVICE) as session:
        with pytest.raises(Refused, match="new code"):
            await reject_by_mail(session, token, page.key, "No bed free")


async def test_p2_two_silent_days_bring_it_back_and_the_link_is_dead(two: Two) -> None:
    referral, token = await mailed(two)
    code = await told(two, referral)
    await two.giver.writes(two.vera, two.case)
    await two.goes_on(days=2, minutes=1)
    assert (await two.fresh(referral)).state is ReferralState.LAPSED
    assert (await two.case_now(two.case.id)).state is CaseState.CLAIMED
    assert await opened(two, token, code) is None
    with pytest.raises(Refused, match="no mail"):
        await told(two, referral)


async def test_p5_what_the_person_takes_back_no_code_opens(two: Two) -> None:
    referral, token = await mailed(two)
    code = await told(two, referral)
    await two.answers(referral, granted=False)
    assert await opened(two, token, code) is None


async def test_p2_an_accepted_one_comes_back_until_it_is_known_whether_the_help_came(
    two: Two,
) -> None:
    referral, token = await mailed(two)
    page = await opened(two, token, await told(two, referral))
    async with two.giver.database.begin(SERVICE) as session:
        await accept_by_mail(session, token, page.key, "Ana Marku")
    await two.giver.writes(two.vera, two.case)
    await two.goes_on(days=14, minutes=1)
    assert (await two.case_now(two.case.id)).state is CaseState.CLAIMED
    async with two.giver.database.begin(SERVICE) as session:
        await say_outcome(session, two.vera, referral.id, Received.YES)
    await two.goes_on(days=15)
    now = await two.fresh(referral)
    assert (now.received, now.look_at) == (Received.YES, None)


async def test_whether_the_help_came_is_asked_of_the_team_once_the_case_is_closed_and_opens_none(
    centre: Centre,
) -> None:
    two = await Two.at_work(centre, vera_reads=700)
    await known(two)
    referral, token = await mailed(two)
    page = await opened(two, token, await told(two, referral))
    async with centre.database.begin(SERVICE) as session:
        await accept_by_mail(session, token, page.key, "Ana Marku")
        await resolve(session, two.vera, two.case.id, Outcome.REFERRED)
    for times in (1, 2):
        await two.goes_on(days=14, minutes=1)
        asked = [each.params["what"] for each in await centre.sent(Notice.STAFF_REFERRAL)]
        assert asked.count("ask-them") == times
    await two.goes_on(days=180)
    assert (await two.fresh(referral)).look_at is None
    async with centre.database.begin(SERVICE) as session:
        [case] = await session.scalars(select(Case))
    assert case.state is CaseState.RESOLVED


@pytest.mark.parametrize(
    "plan",
    [{"vital": True}, {"joint_days": 7}, {"travels": [Travels.TALK]}],
    ids=["without asking", "together", "what was said"],
)
async def test_what_a_mailbox_can_not_do_is_refused(
    centre: Centre, plan: dict[str, object]
) -> None:
    two = await Two.at_work(centre, Severity.EMERGENCY)
    await known(two)
    with pytest.raises(Refused):
        await begun(two, **plan)


async def test_p10_a_partner_that_the_person_wants_kept_away_is_not_offered(two: Two) -> None:
    async with two.giver.database.begin(SERVICE) as session:
        [shelter] = [
            each for each in await partners_for(session, two.vera, two.person.id) if each.by_mail
        ]
        await change_partner(session, await session.get_one(Returnee, two.person.id), shelter.id)
        left = await partners_for(session, two.vera, two.person.id)
    assert [each.name for each in left] == ["Harbour"]


async def test_p10_partners_are_their_own_organisations_and_coordinators_keep_them(
    two: Two,
) -> None:
    other = await two.partner.colleague(Role.COORDINATOR)
    async with two.giver.database.begin(SERVICE) as session:
        assert await list_mail_partners(session, other) == []
        names = [each.name for each in await partners_for(session, two.samir, two.person.id)]
        assert names == ["Tirana"]
        with pytest.raises(NotAllowed):
            await list_mail_partners(session, two.vera)
        own = await two.giver.colleague(Role.COORDINATOR)
        [shelter] = await list_mail_partners(session, own)
        assert shelter.card == CARD
        with pytest.raises(Refused):
            await retire_mail_partner(session, other, shelter.id)
        await retire_mail_partner(session, own, shelter.id)
        assert await list_mail_partners(session, own) == []


@pytest.mark.parametrize(
    ("mail", "no_authority"),
    [
        ("a@b.org&to=c@d.org", True),
        ("a@b.org,c@d.org", True),
        ("a@b.org?smtp=evil.example.org", True),
        ("no mail", True),
        (CARD.mail, False),
    ],
)
async def test_an_odd_address_or_an_authority_is_no_partner(
    two: Two, mail: str, no_authority: bool
) -> None:
    own = await two.giver.colleague(Role.COORDINATOR)
    async with two.giver.database.begin(two.giver.organisation.id) as session:
        with pytest.raises(Refused):
            await add_mail_partner(session, own, "Odd", "sq", Card(mail, "Ana", "+1"), no_authority)
