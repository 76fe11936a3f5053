"""What an organisation reads in its first hour, before anybody has learned where things are."""

from sqlalchemy import update

from domain.identity import new_phone
from storage.kinds import Role
from storage.sessions import SERVICE
from storage.tables.organisations import Organisation
from tests.console.office import Office


async def test_p11_whoever_is_on_duty_before_anything_is_promised_does_not_read_that_nobody_is(
    office: Office,
) -> None:
    async with office.database.begin(SERVICE) as session:
        await session.execute(update(Organisation).values(gated_at=session.now))
    async with office.browser(Role.CASEWORKER) as browser:
        assert "<strong>Nobody is on duty.</strong>" in (await browser.get("/queue")).text
        await browser.post("/duty", duty="on")
        page = (await browser.get("/queue")).text
        assert "<strong>Nobody is on duty.</strong>" not in page
        assert "people are told that nobody is on duty" in page


async def test_what_is_handed_to_a_colleague_opens_the_chat_with_the_bot(office: Office) -> None:
    async with office.browser(Role.ADMIN) as browser:
        page = (await browser.post("/team", name="Nora", role="caseworker")).text
    assert ">https://t.me/wayhome_test_bot?start=s-" in page


async def test_a_card_or_code_for_whoever_can_scan_nothing_says_where_it_is_typed(
    office: Office,
) -> None:
    person = await office.person()
    async with office.browser(Role.SUPERVISOR) as browser:
        card = (await browser.post("/invites", count="1", emergency="112")).text
        async with office.database.begin(office.organisation.id) as session:
            await new_phone.propose(session, browser.actor, person.id)
    async with office.browser(Role.COORDINATOR) as browser:
        await browser.look(f"/people/{person.id}")
        code = (await browser.post(f"/people/{person.id}/phone/confirm")).text
    assert ">@wayhome_test_bot<" in card
    assert ">@wayhome_test_bot<" in code
