"""Signing in with what a colleague has."""

import re
import time

import httpx
import pyotp

from domain.staff import NewStaff
from tests.console.office import PATIENCE, Office

PASSWORD = "marble kettle orbit lantern"


def code_of(secret: str, ahead: int) -> str:
    """The code that comes so many half minutes from now, since each works once."""
    return pyotp.TOTP(secret).at(int(time.time()) + 30 * ahead)


def client_of(office: Office) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=office.settings.public_url,
        headers={"Origin": office.settings.origin},
        timeout=PATIENCE,
    )


def shown(page: str) -> tuple[str, str]:
    """The secret for an authenticator in a page of a set-up link, and what must come back of it."""
    secret = re.search(r"<code dir=\"ltr\">([A-Z2-7 ]+)</code>", page)
    sealed = re.search(r'name="authenticator" value="([^"]+)"', page)
    assert secret
    assert sealed
    return secret[1].replace(" ", ""), sealed[1]


async def sets_up(
    client: httpx.AsyncClient, nora: NewStaff, page: str, code: str = ""
) -> httpx.Response:
    """What was shown there goes back; without a code with the right one."""
    secret, sealed = shown(page)
    code = code or code_of(secret, 0)
    form = {"authenticator": sealed, "password": PASSWORD, "one_time_code": code}
    return await client.post(f"/set-up/{nora.setup_token}", data=form)


async def set_up(client: httpx.AsyncClient, nora: NewStaff) -> str:
    """Her authenticator's secret, once the console let her in."""
    page = (await client.get(f"/set-up/{nora.setup_token}")).text
    assert (await sets_up(client, nora, page)).status_code == 303
    return shown(page)[0]
