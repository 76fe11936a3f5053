"""`wayhome doctor` names whoever is on duty and would hear no alert."""

import pytest

from bot.health.database_checks import _reached
from domain.staff.browsers import open_session
from storage.sessions import SERVICE
from storage.tables.staff import Staff
from tests.domain.centre import Centre


async def found(centre: Centre) -> tuple[bool, str]:
    async with centre.database.begin(SERVICE) as session:
        check = await _reached(session)
    return check.ok, check.detail


async def test_p2_whoever_is_on_duty_without_any_way_to_hear_of_it_is_named(
    centre: Centre,
) -> None:
    await centre.colleague(name="Ana Leka")
    await centre.colleague(name="Ben Marku", chat=501, on_duty=True)
    await centre.colleague(name="Vera Hoxha", on_duty=True)
    drita = await centre.colleague(name="Drita Gjoka", chat=502, on_duty=True)
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Staff, drita.staff_id)).telegram_fails_since = session.now

    ok, detail = await found(centre)
    assert not ok
    assert "Vera Hoxha (Tirana), Drita Gjoka (Tirana)" in detail
    assert "Ana Leka" not in detail
    assert "Ben Marku" not in detail


@pytest.mark.parametrize("way", ["console", "channel"])
async def test_whoever_hears_in_another_way_than_telegram_is_not_named(
    centre: Centre, way: str
) -> None:
    vera = await centre.colleague(on_duty=True)
    if way == "channel":
        await centre.channel(vera.staff_id)
    else:
        async with centre.database.begin(SERVICE) as session:
            await open_session(session, await session.get_one(Staff, vera.staff_id))

    assert await found(centre) == (True, "reach everybody who is on duty")
