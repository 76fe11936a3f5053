from http import HTTPStatus

from starlette.responses import Response

from console.door.entering import browser_of, let_in, let_in_by_script, new_cookie
from console.door.passkeys import answer_of, offered, place_of, refused
from console.qr import qr_svg
from console.visit import Visit
from domain.errors import Refused
from domain.staff import passkeys
from domain.staff.accounts import speak_at_first
from domain.staff.set_up import begin_setup, set_up_password, use_token
from domain.staff.telegram import fit_menu
from storage.sessions import SERVICE, Session
from storage.tables.staff import Staff


async def show(visit: Visit) -> Response:
    return await _page(visit)


async def with_password(visit: Visit) -> Response:
    password = await visit.secret("password")
    one_time = await visit.field("one_time_code")
    sealed = await visit.field("authenticator")
    try:
        async with visit.desk.database.begin(SERVICE) as session:
            staff = await set_up_password(session, visit.token, sealed, password, one_time)
            return let_in(visit, await _come_in(visit, session, staff), "/")
    except Refused as error:
        return await _page(visit, sealed, visit.reason(error))


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
            place, browser = place_of(visit), browser_of(visit)
            await passkeys.add_passkey(session, place, staff, answer, sealed, browser)
            cookie = await _come_in(visit, session, staff)
    except Refused as error:
        return refused(visit, error)
    return let_in_by_script(visit, cookie, "/account")


async def _come_in(visit: Visit, session: Session, staff: Staff) -> str:
    """Whoever has not chosen a language reads on in the one that this page came in."""
    speak_at_first(staff, visit.language)
    await fit_menu(session, staff)
    return await new_cookie(visit, session, staff)


async def _page(visit: Visit, sealed: str = "", wrong: str = "") -> Response:
    """The form, or one sentence about why this link leads nowhere."""
    try:
        async with visit.desk.database.begin(SERVICE) as session:
            found = await begin_setup(session, visit.token, sealed)
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
        sealed=found.sealed,
        wrong=wrong,
        passkeys=visit.desk.settings.passkey_place,
    )
