"""Speaking to one address through Apprise, and to none inside our own walls."""

import asyncio
import socket
from collections.abc import Collection
from functools import partial
from ipaddress import ip_address

from apprise import Apprise, AppriseAsset, NotifyBase, NotifyFormat
from apprise.plugins.matrix.base import NotifyMatrix

from bot.aside import aside
from domain.channels.addresses import AT_A_HOST, ensure_leads_only_there, scheme_of
from domain.errors import Refused

_PATIENCE = 30.0
_TITLE = "Wayhome"


async def reach(address: str, words: str, allowed: Collection[str] = ()) -> bool:
    """Whether the service took it. `allowed`: hosts that the operator vouches for, wherever they
    are; every other one must be out in the net, since an address is written by staff.
    """
    try:
        async with asyncio.timeout(_PATIENCE):
            return await aside(partial(_speak, address, words, allowed))
    except TimeoutError:
        return False


def _speak(address: str, words: str, allowed: Collection[str]) -> bool:
    try:
        plugin = _plugin(address)
        if plugin is None or not _may_be_spoken_to(address, plugin, allowed):
            return False
        # Not through Apprise's own dispatch, which has as few threads as the machine is small.
        return bool(plugin.notify(title=_TITLE, body=words, body_format=NotifyFormat.TEXT))
    # Whatever an odd service does: an alert that falls over one channel reaches nobody.
    except Exception:
        return False


def _plugin(address: str) -> NotifyBase | None:
    try:
        scheme_of(address)
        ensure_leads_only_there(address)
    except Refused:
        return None
    asset = AppriseAsset(app_id=_TITLE, app_desc=_TITLE, app_url="", async_mode=False)
    # Or a host out in the net could send us on to one within.
    asset.http_redirects = False
    found = Apprise.instantiate(address, asset=asset, suppress_exceptions=True)
    if isinstance(found, NotifyMatrix):
        found.discovery = False
    return found if isinstance(found, NotifyBase) else None


def _may_be_spoken_to(address: str, plugin: NotifyBase, allowed: Collection[str]) -> bool:
    if scheme_of(address) not in AT_A_HOST:
        return True
    host = getattr(plugin, "smtp_host", "") or plugin.host
    if not host:
        return False
    if host in allowed:
        return True
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return bool(found) and all(ip_address(each[4][0]).is_global for each in found)
