"""The page of those who work in an organisation."""

from storage.kinds import Role
from tests.console.office import Office

_LAST = "is the last in your team who works on cases."
_NOBODY = "Nobody in your team works on cases now."


async def test_p1_whoever_lets_the_last_worker_go_reads_first_that_nobody_would_be_reached(
    office: Office,
) -> None:
    vera, samir = [await office.colleague(Role.CASEWORKER, name) for name in ("Vera", "Samir")]
    async with office.browser(Role.ADMIN) as browser:
        both = (await browser.get("/team")).text
        await browser.post(f"/team/{vera.actor.staff_id}/disable")
        one = (await browser.get("/team")).text
        await browser.post(f"/team/{samir.actor.staff_id}/disable")
        none = (await browser.get("/team")).text

    assert _LAST not in both + none
    assert f"Samir\u2069 {_LAST}" in one
    assert _NOBODY not in both + one
    assert _NOBODY in none
