"""The judge of what stands in chats can say no: on a watched phone, in the staff group, and of what
campaigns ask.
"""

from datetime import timedelta

import pytest
from sqlalchemy import Executable, delete, select, update

from domain.casework.work import claim
from domain.organisations import add_organisation, set_staff_chat
from simulator.memory.users import User
from storage.kinds import CampaignState, CheckInState, Discretion, NoticeClass
from storage.sessions import SERVICE
from storage.tables.campaigns import Campaign
from storage.tables.cases import Case
from storage.tables.check_ins import CheckIn
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import PictureLock, Returnee
from tests.model import judge, prompts, screens, staff_group
from tests.model.calls import STOP_WORD
from tests.model.conftest import Bench
from tests.model.house import House
from tests.model.stage import be_watched, returnee_of
from tests.model.stories import change, known, say
from tests.model.time import BEGINNING

_OPEN = update(Returnee).values(discretion=Discretion.OPEN)
_WATCHED = update(Returnee).values(discretion=Discretion.WATCHED)
_UNLOCKED = update(PictureLock).values(open_until=BEGINNING + timedelta(days=9))
_UNSENT_TO_STAFF = delete(OutboxRow).where(OutboxRow.notice_class == NoticeClass.STAFF)


async def _watched(bench: Bench) -> tuple[House, User]:
    house, person = await known(bench)
    await be_watched(house, person)
    return house, person


def test_p4_what_tells_something_on_a_watched_phone_is_seen_and_so_is_that_it_stays(
    bench: Bench,
) -> None:
    async def story() -> None:
        house, person = await _watched(bench)
        await say(house, person, text="/help")
        await change(house, _OPEN)
        await house.send_all()
        [sent] = house.accepted
        assert await screens.not_to_be_seen(house, sent) is None, "all may be seen on an open phone"
        await screens.what_was_open_is_covered(house)
        await change(house, _WATCHED)
        verdict = await screens.not_to_be_seen(house, sent)
        assert verdict is not None
        assert verdict.startswith("telling ['")
        with pytest.raises(AssertionError, match="still there"):
            await screens.what_was_open_is_covered(house)

    bench.do(story())


def test_p4_a_watched_phone_that_opened_by_no_row_is_seen(bench: Bench) -> None:
    async def story() -> None:
        house, person = await _watched(bench)
        await say(house, person, text="/help")
        await house.send_all()
        [sent] = house.accepted
        assert await screens.not_to_be_seen(house, sent) is None
        await change(house, _UNLOCKED)
        with pytest.raises(AssertionError, match="nobody tapped"):
            await screens.not_to_be_seen(house, sent)

    bench.do(story())


@pytest.mark.parametrize("stays", [False, True])
def test_p4_what_a_frozen_chat_shows_still_is_seen(bench: Bench, stays: bool) -> None:
    async def story() -> None:
        house, person = await known(bench)
        await say(house, person, text="/help")
        await house.send_all()
        if stays:
            await change(house, update(Returnee).values(frozen_at=BEGINNING))
            with pytest.raises(AssertionError, match="still there"):
                await screens.what_was_open_is_covered(house)
        else:
            house.simulator.chat(person.id).messages.clear()
            await screens.what_was_open_is_covered(house)

    bench.do(story())


def test_p1_a_stop_word_of_which_no_case_tells_is_missed(bench: Bench) -> None:
    async def story() -> None:
        house, person = await known(bench)
        await say(house, person, text=STOP_WORD)
        with pytest.raises(AssertionError, match="stop word 1 times, and heard 0"):
            await judge.who_asks_is_heard(house)

    bench.do(story())


async def _asked(bench: Bench) -> tuple[House, User]:
    """By a prompt that is on the phone."""
    house, person = await known(bench)
    async with house.machinery.database.begin(SERVICE) as session:
        returnee = await returnee_of(session, person)
    assert returnee is not None
    await house.plan_check_in(returnee.id)
    await house.work(0, "tick", 1)
    await house.send_all()
    return house, person


@pytest.mark.parametrize("state", [CampaignState.PAUSED, CampaignState.STOPPED])
def test_p3_a_prompt_of_a_campaign_that_rests_is_seen_and_so_is_one_that_waits(
    bench: Bench, state: CampaignState
) -> None:
    async def story() -> None:
        house, _ = await _asked(bench)
        [sent] = house.accepted
        assert await judge.only_when_safe(house, sent) is None
        async with house.machinery.database.begin(SERVICE) as session:
            campaign = Campaign(
                organisation_id=house.organisation.id, name="May", questionnaire="safety-and-needs",
                group={}, local_time="2026-05-04T11:00", state=state, created_at=session.now,
            )  # fmt: skip
            session.add(campaign)
            await session.flush()
            await session.execute(update(CheckIn).values(campaign_id=campaign.id))
        assert await judge.only_when_safe(house, sent) == f"of a campaign that is {state}"
        await prompts.nobody_is_asked_twice(house)
        await change(house, update(CheckIn).values(state=CheckInState.HELD))
        if state is CampaignState.STOPPED:
            with pytest.raises(AssertionError, match="was stopped"):
                await prompts.nobody_is_asked_twice(house)

    bench.do(story())


def test_p12_a_prompt_that_comes_though_it_was_answered_is_seen(bench: Bench) -> None:
    async def story() -> None:
        house, _ = await _asked(bench)
        await change(house, update(CheckIn).values(state=CheckInState.ANSWERED))
        [sent] = house.accepted
        assert await judge.only_when_safe(house, sent) == "when it was answered"

    bench.do(story())


def test_p12_who_is_asked_a_third_time_and_did_not_put_it_off_is_seen(bench: Bench) -> None:
    async def story() -> None:
        house, _ = await _asked(bench)
        for _ in range(2):
            await prompts.nobody_is_asked_twice(house)
            await house.machinery.time.pass_by(timedelta(hours=2))
            again = {"state": CheckInState.PLANNED, "due_at": house.machinery.time.now}
            await change(house, update(CheckIn).values(**again))
            await house.work(0, "tick", 1)
            await house.send_all()
        with pytest.raises(AssertionError, match="asked 3 times"):
            await prompts.nobody_is_asked_twice(house)

    bench.do(story())


async def _with_a_group(bench: Bench) -> tuple[House, User]:
    """To which a cry is on its way."""
    house, person = await known(bench)
    await house.colleague()
    [(_, vera)] = house.staff
    house.groups.append(house.simulator.phones.add_group("Team", [vera.id]).id)
    async with house.machinery.database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, house.organisation.id)
        set_staff_chat(session, organisation, house.groups[0])
    await say(house, person, text="He locked me in and he will kill me")
    return house, person


_OTHER_NUMBER = update(Organisation).values(staff_chat=None)


@pytest.mark.parametrize(
    ("wrong", "verdict"),
    [(_UNSENT_TO_STAFF, "was not told"), (_OTHER_NUMBER, "another number")],
)
def test_p2_an_alert_that_the_staff_group_did_not_get_is_seen(
    bench: Bench, wrong: Executable, verdict: str
) -> None:
    async def story() -> None:
        house, _ = await _with_a_group(bench)
        await house.send_all()
        await staff_group.the_group_is_told(house)
        await change(house, wrong)
        with pytest.raises(AssertionError, match=verdict):
            await staff_group.the_group_is_told(house)

    bench.do(story())


def test_p2_a_staff_group_that_the_bot_left_is_seen(bench: Bench) -> None:
    async def story() -> None:
        house, _ = await _with_a_group(bench)
        await house.send_all()
        house.simulator.phones.kick_bot(house.staff[0][1].id, house.groups[0])
        with pytest.raises(AssertionError, match="left the group"):
            await staff_group.the_group_is_told(house)

    bench.do(story())


@pytest.mark.parametrize("where", ["in the group", "a stranger's words"])
def test_p8_words_that_do_not_belong_in_that_chat_are_seen(bench: Bench, where: str) -> None:
    async def story() -> None:
        house, person = await _with_a_group(bench)
        await house.send_all()
        await staff_group.nobody_speaks_for_a_team(house)
        if where == "in the group":
            next(sent for sent in house.shown if sent.chat in house.groups).text += "I am here."
        else:
            sent = next(sent for sent in house.shown if sent.chat == person.id)
            sent.text += staff_group.OF_A_STRANGER
        with pytest.raises(AssertionError, match=where):
            await staff_group.nobody_speaks_for_a_team(house)

    bench.do(story())


def test_p10_a_case_that_somebody_of_another_organisation_has_is_seen(bench: Bench) -> None:
    async def story() -> None:
        house, _ = await _with_a_group(bench)
        async with house.machinery.database.begin(SERVICE) as session:
            case = (await session.scalars(select(Case))).one()
            await claim(session, house.staff[0][0], case.id)
        await staff_group.nobody_speaks_for_a_team(house)
        async with house.machinery.database.begin(SERVICE) as session:
            other = await add_organisation(session, "Harbour", country="AL")
        await change(house, update(Case).values(organisation_id=other.id))
        with pytest.raises(AssertionError, match="somebody else"):
            await staff_group.nobody_speaks_for_a_team(house)

    bench.do(story())
