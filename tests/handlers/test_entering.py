from datetime import timedelta

import pytest
from sqlalchemy import func, select

from dialogs.words.hours import HOURS
from domain.check_ins.hours_again import never_said_when
from domain.consent import PURPOSES, asked_about, has_consent
from domain.notices import Notice
from domain.safety.contacts import contact_with
from domain.safety.window import window_of
from storage.kinds import Discretion, Purpose, SilencePlan
from storage.sessions import SERVICE, Clock, Database
from storage.tables.audit import AuditEntry
from storage.tables.organisations import Organisation
from storage.tables.returnees import Enrolment, Returnee, Safety
from tests.clock import MORNING, set_clock
from tests.handlers.conftest import NewPhone
from tests.handlers.enrolling import invite, returnee_on, walk_through_the_welcome
from tests.handlers.phone import Phone, Said


async def test_start_asks_for_the_language_in_every_languages_own_name(phone: Phone) -> None:
    [window] = await phone.write("/start")

    assert "language" in window.text
    assert {"Shqip", "العربية", "Українська"} <= window.buttons.keys()
    assert len(window.buttons) == 13


async def test_p5_without_an_invitation_the_language_leads_to_the_menu_and_no_row_is_left(
    phone: Phone, database: Database
) -> None:
    await phone.write("/start")
    [menu] = await phone.press("English")

    assert "machine" in menu.text
    assert any("Find help" in label for label in menu.buttons)
    assert not any("Privacy" in label for label in menu.buttons)
    assert await returnee_on(database, phone) is None


async def test_a_strangers_language_is_remembered_while_they_are_here(phone: Phone) -> None:
    await phone.write("/start")
    await phone.press("Shqip")
    [menu] = await phone.write("/services")

    assert menu.buttons
    async with phone.database.begin(SERVICE) as session:
        assert await session.scalar(select(func.count()).select_from(Returnee)) == 0


async def test_an_invitation_leads_through_promise_phone_notice_and_consents_to_the_menu(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await phone.write(f"/start {await invite(database, organisation)}")
    [promise] = await phone.press("English")
    assert "money and your return do not depend" in promise.text
    # Staff read that somebody paused, or takes back what they agreed to.
    assert "nobody will be told" not in promise.text
    await phone.press("Go on")
    await phone.press("I am back")
    [notice] = await phone.press("Only I")
    assert "In short" in notice.text
    [simple] = await phone.press("Read more")
    assert "What I keep" in simple.text
    [full] = await phone.press("full text")
    assert "Telegram, too" in full.text
    await phone.press("Go on")
    for _ in range(3):
        await phone.press("Yes")
    await phone.press("No")
    await phone.press("By day")
    [menu] = await phone.press("Write to me once")

    assert any("Privacy" in label for label in menu.buttons)
    returnee = await returnee_on(database, phone)
    assert returnee is not None
    async with database.begin(SERVICE) as session:
        assert await has_consent(session, returnee.id, Purpose.CHECK_INS)
        assert not await has_consent(session, returnee.id, Purpose.VOICE)
        enrolment = await session.scalar(select(Enrolment))
        assert enrolment is not None
        assert enrolment.invite_id is not None


async def test_on_a_phone_that_others_read_we_never_write_first(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await walk_through_the_welcome(
        phone, await invite(database, organisation), reads="must not know"
    )

    returnee = await returnee_on(database, phone)
    assert returnee is not None
    assert returnee.discretion is Discretion.WATCHED
    async with database.begin(SERVICE) as session:
        assert (await session.get_one(Safety, returnee.id)).never_first


async def to_the_hours(phone: Phone, code: str, answers: str) -> Said:
    """Through the welcome, saying yes (y) or no (n) to each purpose; what is asked then."""
    await phone.write(f"/start {code}")
    for label in ("English", "Go on", "I am back", "Only I", "Go on"):
        await phone.press(label)
    for answer in answers:
        [asked] = await phone.press("Yes" if answer == "y" else "No")
    return asked


async def test_p4_whoever_agrees_to_be_written_to_says_when_and_what_silence_means(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    hours = await to_the_hours(phone, await invite(database, organisation), "ynnn")
    assert "When is it safe for you that I write first?" in hours.text
    [silence] = await phone.press("Evenings")
    assert "what shall our team do?" in silence.text
    assert not any("✅" in label for label in silence.buttons), "nothing is ticked for them"
    [menu] = await phone.press("Do nothing")

    assert any("Privacy" in label for label in menu.buttons)
    returnee = await returnee_on(database, phone)
    assert returnee is not None
    async with database.begin(SERVICE) as session:
        safety = await session.get_one(Safety, returnee.id)
        assert await window_of(session, returnee.id, safety) == HOURS["evening"]
        assert safety.silence is SilencePlan.NOTHING


@pytest.mark.parametrize("later", [False, True])
async def test_p4_whose_clock_shows_another_time_than_their_teams_chooses_hours_of_their_own(
    phone: Phone, database: Database, clock: Clock, organisation: Organisation, later: bool
) -> None:
    """Their team is in Tirana, and they are in Portugal still, an hour behind."""
    set_clock(clock, MORNING)
    hours = await to_the_hours(phone, await invite(database, organisation), "ynnn")
    if later:
        for label in ("By day", "Do nothing", "Safety"):
            await phone.press(label)
        [hours] = await phone.press("Hours")
    assert "I think it is 11:0" in hours.text
    [countries] = await phone.press("My clock shows another time")
    assert "Which country are you in now?" in countries.text
    [hours] = await phone.press("Portugal")
    assert "I think it is 10:0" in hours.text
    await phone.press("By day")

    returnee = await returnee_on(database, phone)
    assert returnee is not None
    assert (returnee.country, returnee.time_zone) == ("PT", "Europe/Lisbon")
    async with database.begin(SERVICE) as session:
        contact = await contact_with(session, returnee)
    at_half_past_eight = MORNING.replace(hour=7, minute=30)
    assert contact.window.next_opening(at_half_past_eight, contact.place) == MORNING.replace(hour=8)


async def test_p4_whoever_says_at_last_that_nobody_reads_along_is_asked_when_it_is_safe(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    """Else what they agreed to would never come, and nobody would know why."""
    await phone.write(f"/start {await invite(database, organisation)}")
    for label in ("English", "Go on", "I am back", "Sometimes others"):
        await phone.press(label)
    await phone.write("/language")
    for label in ("English", "Go on", "Yes", "Only I", "Go on", "Yes", "No", "No"):
        await phone.press(label)
    [hours] = await phone.press("No")

    assert "When is it safe for you that I write first?" in hours.text


@pytest.mark.parametrize("leaves_by", ["/language", "/start"])
async def test_p4_whoever_leaves_the_welcome_is_asked_when_it_is_safe_before_they_have_the_menu(
    phone: Phone, database: Database, organisation: Organisation, leaves_by: str
) -> None:
    await to_the_hours(phone, await invite(database, organisation), "ynnn")
    [again] = await phone.write(leaves_by)
    if leaves_by == "/language":
        [again] = await phone.press("Shqip")
    assert any("9" in label and "20" in label for label in again.buttons), again.text
    await phone.press("9")
    async with database.begin(SERVICE) as session:
        returnee = await returnee_on(database, phone)
        assert returnee is not None
        assert not await never_said_when(session, returnee)
    [menu] = await phone.write("/start")
    assert any("🔒" in label for label in menu.buttons)


async def test_p4_whoever_agrees_to_check_ins_only_later_is_asked_when_it_is_safe(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await to_the_hours(phone, await invite(database, organisation), "nyyy")
    await phone.write("/privacy")
    [hours] = await phone.press("Questions from time to time")
    assert "When is it safe for you that I write first?" in hours.text
    await phone.press("Evenings")
    await phone.press("Do nothing")
    for _ in range(2):
        await phone.write("/privacy")
        [window] = await phone.press("Questions from time to time")
    assert "What you agreed to" in window.text, "once it is known, it is not asked again"


async def test_p4_whoever_agreed_to_no_check_ins_is_asked_for_no_hours(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    menu = await to_the_hours(phone, await invite(database, organisation), "nyyy")
    assert any("Privacy" in label for label in menu.buttons)
    [menu] = await phone.write("/start")
    assert any("Privacy" in label for label in menu.buttons)


async def test_p4_never_before_i_write_first_is_one_tap_in_the_welcome(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await to_the_hours(phone, await invite(database, organisation), "yyyy")
    [menu] = await phone.press("Never, only answers")

    assert any("Privacy" in label for label in menu.buttons)
    returnee = await returnee_on(database, phone)
    assert returnee is not None
    async with database.begin(SERVICE) as session:
        assert (await session.get_one(Safety, returnee.id)).never_first


async def test_p5_whoever_refuses_to_be_written_to_is_asked_nothing_more(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    menu = await to_the_hours(phone, await invite(database, organisation), "nyyy")

    assert any("Privacy" in label for label in menu.buttons)


async def test_who_left_in_the_middle_is_welcomed_again(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    code = await invite(database, organisation)
    await phone.write(f"/start {code}")
    await phone.press("English")
    await phone.write("/start")
    [window] = await phone.press("Français")

    assert "Wayhome" in window.text


async def test_words_in_the_middle_of_the_welcome_bring_its_question_again_and_lose_nothing(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    await phone.write(f"/start {await invite(database, organisation)}")
    [language] = await phone.write("hello")
    assert "English" in language.buttons
    await phone.press("English")
    [promise] = await phone.write("hello")
    assert promise.text.startswith("Please use the buttons.\n\nWelcome. I am Wayhome, a machine.")
    assert promise.text.count("machine") == 1
    await phone.press("Go on")
    [journey] = await phone.write("yes I am back")
    assert "Are you back already" in journey.text
    assert "use the buttons" in journey.text
    assert await phone.write("I said yes") == []
    await phone.press("I am back")
    [notice] = await phone.press("Only I")
    assert "use the buttons" not in notice.text
    await phone.press("Go on")
    for _ in PURPOSES:
        clock.offset += timedelta(minutes=2)
        [asked] = await phone.write("yes")
        assert asked.text.startswith("I am a machine")
        assert "May" in asked.text
        await phone.press("No")

    returnee = await returnee_on(database, phone)
    assert returnee is not None
    async with database.begin(SERVICE) as session:
        assert await asked_about(session, returnee.id) == set(PURPOSES)


async def test_a_stranger_who_writes_before_they_chose_a_language_is_shown_how_to_reach_a_human(
    phone: Phone,
) -> None:
    await phone.write("/start")
    [menu] = await phone.write("hello")

    assert any("Talk to a person" in label for label in menu.buttons)


async def test_ones_own_invitation_may_be_opened_again(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    code = await invite(database, organisation)
    await walk_through_the_welcome(phone, code)
    [window] = await phone.write(f"/start {code}")

    assert len(window.buttons) == 13
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(func.count()).select_from(Enrolment)) == 1
        entered = AuditEntry.action == "returnee.enrolled"
        assert await session.scalar(select(func.count()).where(entered)) == 1


@pytest.mark.parametrize("command", ["/Start", "/START"])
async def test_an_invitation_is_opened_by_a_command_in_whatever_letters(
    phone: Phone, database: Database, organisation: Organisation, command: str
) -> None:
    await phone.write(f"{command} {await invite(database, organisation)}")

    assert await returnee_on(database, phone) is not None


@pytest.mark.parametrize(
    "typed",
    [
        "{code}",
        " {code} \n",
        "{CODE}",
        "https://t.me/WayhomeBot?start={code}",
        "t.me/wayhome_bot?start={code}\n",
        "tg://resolve?domain=WayhomeBot&start={code}",
    ],
)
async def test_a_code_that_is_typed_alone_opens_the_invitation(
    phone: Phone, database: Database, organisation: Organisation, typed: str
) -> None:
    code = await invite(database, organisation)
    [window] = await phone.write(typed.format(code=code, CODE=code.upper()))

    assert "language" in window.text
    assert await returnee_on(database, phone) is not None


async def test_a_used_invitation_is_refused_with_what_to_do(
    new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    code = await invite(database, organisation)
    await walk_through_the_welcome(new_phone(1), code)
    second = new_phone(2)
    [refusal] = await second.write(f"/start {code}")

    assert "used by another phone" in refusal.text
    assert "ask for a new one" in refusal.text
    assert await returnee_on(database, second) is None
    async with database.begin(SERVICE) as session:
        again = AuditEntry.action == "invite.opened-again"
        assert await session.scalar(select(func.count()).where(again)) == 1


async def test_an_old_invitation_is_refused_with_what_to_do(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    code = await invite(database, organisation)
    clock.offset = timedelta(hours=73)
    [refusal] = await phone.write(f"/start {code}")

    assert "too old" in refusal.text


async def test_a_made_up_invitation_is_refused_and_still_leads_to_help(phone: Phone) -> None:
    [refusal] = await phone.write("/start r-nonsense")
    assert "don't know this invitation" in refusal.text
    [menu] = await phone.press("Menu")

    assert any("Find help" in label for label in menu.buttons)


async def test_p1_what_is_written_after_an_invitation_is_heard_and_its_letters_are_not(
    phone: Phone,
) -> None:
    """One of some seven thousand is: "vby…" is how Ukrainian says "kill" in Latin letters. What
    is written after it is heard.
    """
    invitation = "/start r-vbyr7q7p1ya3zha9"
    said = await phone.write(invitation)
    more = await phone.write(f"{invitation} they locked me in and he will kill me")

    assert [each.notice for each in said] == [Notice.INVITE_REFUSED]
    assert Notice.CRISIS in {each.notice for each in more}


async def test_p13_a_code_for_staff_tells_nobody_whose_phone_it_is_in_their_hand(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await walk_through_the_welcome(
        phone, await invite(database, organisation), reads="must not know"
    )
    [refusal] = await phone.write("/start s-x")

    assert refusal.notice == "invite-refused"
    assert "accompany" not in refusal.text
