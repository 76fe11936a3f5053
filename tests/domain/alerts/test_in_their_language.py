"""What all of a team read, in the staff group and through its shared channels."""

from uuid import UUID

import pytest
from sqlalchemy import select

from domain.notices import Notice
from domain.organisations import set_staff_chat
from domain.staff import speak
from storage.kinds import Role
from storage.sessions import SERVICE
from storage.tables.channels import ChannelCall
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff
from tests.domain.centre import Centre

GROUP = -100


@pytest.mark.parametrize(
    ("theirs", "heard"),
    [
        (["sq", "sq", "en"], "sq"),
        (["sq", "en"], "en"),
        (["uk", "sq"], "sq"),
        ([], "en"),
    ],
    ids=["most", "English among equals", "one of several", "nobody"],
)
async def test_what_all_of_a_team_read_comes_in_the_language_of_most(
    centre: Centre, theirs: list[str], heard: str
) -> None:
    async with centre.database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, centre.organisation.id)
        set_staff_chat(session, organisation, GROUP)
    await centre.channel()
    for language in theirs:
        await _somebody_who_reads(centre, language)

    await centre.signal(await centre.person(language="ar"))

    group, channel = await _languages(centre)
    assert (group, channel) == (heard, heard)


async def test_whoever_left_and_whoever_works_elsewhere_do_not_decide_what_a_team_reads(
    centre: Centre,
) -> None:
    async with centre.database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, centre.organisation.id)
        set_staff_chat(session, organisation, GROUP)
    await _somebody_who_reads(centre, "sq")
    elsewhere = await Centre.open(centre.database, centre.clock, "Harbour")
    for _ in range(2):
        await _somebody_who_reads(elsewhere, "uk")
        gone = await _somebody_who_reads(centre, "uk")
        async with centre.database.begin(SERVICE) as session:
            (await session.get_one(Staff, gone)).disabled_at = session.now

    await centre.signal(await centre.person())

    [alert] = await centre.sent(Notice.STAFF_ALERT)
    assert alert.content["language"] == "sq"


async def _somebody_who_reads(centre: Centre, language: str) -> UUID:
    actor = await centre.colleague(Role.CASEWORKER)
    async with centre.database.begin(SERVICE) as session:
        await speak(session, actor.staff_id, language)
    return actor.staff_id


async def _languages(centre: Centre) -> tuple[str, str]:
    [alert] = await centre.sent(Notice.STAFF_ALERT)
    async with centre.database.begin(SERVICE) as session:
        [call] = (await session.scalars(select(ChannelCall))).all()
    return str(alert.content["language"]), call.language
