"""Behind the link in a partner's mail. Opening it changes nothing; what is posted does."""

from http import HTTPStatus

from starlette.responses import Response

from console.visit import Visit
from domain.errors import Refused
from domain.marks import N_
from domain.referrals import by_mail
from storage.kinds import Received
from storage.sessions import SERVICE

_CHOOSE = N_("Choose whether the help came.")


async def show(visit: Visit) -> Response:
    """The same for every link, whether there is such a one or not."""
    return visit.show_anybody("partner-link.html", token=visit.token, wrong="")


async def open_it(visit: Visit) -> Response:
    async with visit.desk.database.begin(SERVICE) as session:
        opened = await by_mail.open_by_code(session, visit.token, await visit.field("code"))
    if opened is None:
        wrong = N_("This code is not right, or was used already. Ask to be told a new one.")
        return _once_more(visit, visit.translations.gettext(wrong))
    return visit.show_anybody(
        "partner-opened.html", token=visit.token, opened=opened, answers=list(Received)
    )


async def accept(visit: Visit) -> Response:
    key, name = await visit.field("key"), await visit.field("name")
    try:
        async with visit.desk.database.begin(SERVICE) as session:
            code = await by_mail.accept_by_mail(session, visit.token, key, name)
    except Refused as error:
        return _once_more(visit, visit.reason(error))
    return visit.show_anybody("partner-done.html", code=code)


async def reject(visit: Visit) -> Response:
    key, reason = await visit.field("key"), await visit.field("reason")
    try:
        async with visit.desk.database.begin(SERVICE) as session:
            await by_mail.reject_by_mail(session, visit.token, key, reason)
    except Refused as error:
        return _once_more(visit, visit.reason(error))
    return visit.show_anybody("partner-done.html", code="")


async def say_outcome(visit: Visit) -> Response:
    key, given = await visit.field("key"), await visit.field("received")
    if given not in set(Received):
        return _once_more(visit, visit.translations.gettext(_CHOOSE))
    try:
        async with visit.desk.database.begin(SERVICE) as session:
            code = await by_mail.say_outcome_by_mail(session, visit.token, key, Received(given))
    except Refused as error:
        return _once_more(visit, visit.reason(error))
    return visit.show_anybody("partner-done.html", code=code)


def _once_more(visit: Visit, wrong: str) -> Response:
    return visit.show_anybody(
        "partner-link.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        token=visit.token,
        wrong=wrong,
    )
