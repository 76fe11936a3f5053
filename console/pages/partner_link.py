"""Behind the link in a partner's mail. Opening it changes nothing; what is posted does."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

from starlette.responses import Response

from console.visit import Visit
from domain.errors import Refused
from domain.marks import N_
from domain.referrals import by_mail
from storage.kinds import Received
from storage.sessions import SERVICE

_CHOOSE = N_("Choose whether the help came.")
_TYPED = ("name", "reason")
_NOTHING: Mapping[str, str] = MappingProxyType({})


async def show(visit: Visit) -> Response:
    """The same for every link, whether there is such a one or not."""
    return visit.show_anybody("partner-link.html", token=visit.token, wrong="", kept=_NOTHING)


async def open_it(visit: Visit) -> Response:
    async with visit.desk.database.begin(SERVICE) as session:
        opened = await by_mail.open_by_code(session, visit.token, await visit.field("code"))
    if opened is None:
        wrong = N_("This code is not right, or was used already. Ask to be told a new one.")
        return await _ask_again(visit, visit.translations.gettext(wrong))
    return await _show_opened(visit, opened)


async def accept(visit: Visit) -> Response:
    key, name = await visit.field("key"), await visit.field("name")
    try:
        async with visit.desk.database.begin(SERVICE) as session:
            code = await by_mail.accept_by_mail(session, visit.token, key, name)
    except Refused as error:
        return await _once_more(visit, key, visit.reason(error))
    return visit.show_anybody("partner-done.html", code=code)


async def reject(visit: Visit) -> Response:
    key, reason = await visit.field("key"), await visit.field("reason")
    try:
        async with visit.desk.database.begin(SERVICE) as session:
            await by_mail.reject_by_mail(session, visit.token, key, reason)
    except Refused as error:
        return await _once_more(visit, key, visit.reason(error))
    return visit.show_anybody("partner-done.html", code="")


async def say_outcome(visit: Visit) -> Response:
    key, given = await visit.field("key"), await visit.field("received")
    if given not in set(Received):
        return await _once_more(visit, key, visit.translations.gettext(_CHOOSE))
    try:
        async with visit.desk.database.begin(SERVICE) as session:
            code = await by_mail.say_outcome_by_mail(session, visit.token, key, Received(given))
    except Refused as error:
        return await _once_more(visit, key, visit.reason(error))
    return visit.show_anybody("partner-done.html", code=code)


async def _once_more(visit: Visit, key: str, wrong: str) -> Response:
    """The same page to whoever still has its key: no code leads there a second time."""
    async with visit.desk.database.begin(SERVICE) as session:
        opened = await by_mail.still_open(session, visit.token, key)
    if opened is None:
        return await _ask_again(visit, wrong)
    return await _show_opened(visit, opened, wrong)


async def _show_opened(visit: Visit, opened: by_mail.Opened, wrong: str = "") -> Response:
    return visit.show_anybody(
        "partner-opened.html",
        status=_status(wrong),
        token=visit.token,
        opened=opened,
        answers=list(Received),
        wrong=wrong,
        kept=await _typed(visit),
    )


async def _ask_again(visit: Visit, wrong: str) -> Response:
    return visit.show_anybody(
        "partner-link.html",
        status=_status(wrong),
        token=visit.token,
        wrong=wrong,
        kept=await _typed(visit),
    )


async def _typed(visit: Visit) -> dict[str, str]:
    """It is not lost: it stands in its form again, or beside the code until that opens it."""
    return {name: await visit.field(name) for name in _TYPED}


def _status(wrong: str) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
