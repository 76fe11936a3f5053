from http import HTTPStatus

from starlette.responses import Response

from console.door.entering import let_in, let_in_by_script, new_cookie
from console.door.passkeys import answer_of, offered, place_of, refused
from console.qr import qr_svg
from console.visit import Visit
from domain.errors import Refused
from domain.staff import passkeys
from domain.staff.set_up import begin_setup, set_up_password, use_token
from storage.sessions import SERVICE


async def show(visit: Visit) -> Response:
    return await _page(visit, "")


async def with_password(visit: Visit) -> Response:
    password = await visit.secret("password")
    one_time = await visit.field("one_time_code")
    try:
        async with visit.desk.database.begin(SERVICE) as session:
            staff = await set_up_password(session, visit.token, password, one_time)
            return let_in(visit, await new_cookie(visit, session, staff), "/")
    except Refused as error:
        return await _page(visit, visit.reason(error))


async def offer_passkey(visit: Visit) -> Response:
    try:
        async with visit.desk.database.begin(SERVICE) as session:
            staff = (await begin_setup(session, visit.token)).staff
            return offered(await passkeys.offer_new(session, place_of(visit), staff))
    except Refused as error:
        return refused(visit, error)


async def with_passkey(visit: Visit) -> Response:
    answer, sealed = await answer_of(visit.request)
    try:
        async with visit.desk.database.begin(SERVICE) as session:
            staff = await use_token(session, visit.token)
            await passkeys.add_passkey(session, place_of(visit), staff, answer, sealed)
            cookie = await new_cookie(visit, session, staff)
    except Refused as error:
        return refused(visit, error)
    return let_in_by_script(visit, cookie, "/account")


async def _page(visit: Visit, wrong: str) -> Response:
    """The form, or one sentence about why this link leads nowhere."""
    try:
        async with visit.desk.database.begin(SERVICE) as session:
            found = await begin_setup(session, visit.token)
    except Refused as error:
        return visit.show_anybody(
            "set-up-over.html",
            status=HTTPStatus.GONE,
            sentence=visit.reason(error),
        )
    return visit.show_anybody(
        "set-up.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        name=found.name,
        sign_in_code=found.staff.sign_in_code,
        secret=found.authenticator.secret,
        address=found.authenticator.address,
        picture=qr_svg(found.authenticator.address),
        wrong=wrong,
        passkeys=visit.desk.settings.passkey_place is not None,
    )
