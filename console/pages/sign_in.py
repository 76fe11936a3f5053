from http import HTTPStatus
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from console import cookies
from console.door.entering import let_in, let_in_by_script, new_cookie, own_path
from console.door.passkeys import answer_of, offered, place_of, refused
from console.said import Said, say
from console.visit import Visit
from domain.errors import Refused
from domain.marks import N_
from domain.staff import passkeys
from domain.staff.browsers import sign_out
from domain.staff.sign_in import hear_of_lock, sign_in
from storage.sessions import SERVICE, Session
from storage.tables.staff import Staff

_WRONG = N_(
    "That did not work. Check all three, with the code that your authenticator shows now."
    " After five wrong tries an account stays closed for 15 minutes."
)

_WAS_CLOSED = N_(
    "After five wrong tries, your account was closed for 15 minutes. If they were not yours, ask"
    " whoever manages the team for a new set-up link: it comes with a new sign-in code."
)


async def show(visit: Visit) -> Response:
    wanted = own_path(visit.request.query_params.get("next"))
    if visit.member:
        return RedirectResponse(wanted)
    return _page(visit, wanted)


async def with_password(visit: Visit) -> Response:
    code, one_time = await visit.field("sign_in_code"), await visit.field("one_time_code")
    wanted = own_path(await visit.field("next"))
    password = await visit.secret("password")
    async with visit.desk.database.begin(SERVICE) as session:
        staff = await sign_in(session, code, password, one_time)
        if staff is not None:
            response = let_in(visit, await new_cookie(visit, session, staff), wanted)
            return await _told_of_lock(visit, session, staff, response)
    return _page(visit, wanted, code, _WRONG)


async def offer_passkey(visit: Visit) -> Response:
    place = place_of(visit)
    async with visit.desk.database.begin(SERVICE) as session:
        return offered(passkeys.offer_sign_in(session, place))


async def with_passkey(visit: Visit) -> Response:
    place = place_of(visit)
    answer, sealed = await answer_of(visit.request)
    wanted = own_path(visit.request.query_params.get("next"))
    try:
        async with visit.desk.database.begin(SERVICE) as session:
            staff = await passkeys.sign_in_by_passkey(session, place, answer, sealed)
            response = let_in_by_script(visit, await new_cookie(visit, session, staff), wanted)
            return await _told_of_lock(visit, session, staff, response)
    except Refused as error:
        return refused(visit, error)


async def leave(visit: Visit) -> Response:
    settings = visit.desk.settings
    cookie = visit.request.cookies[cookies.cookie_name(cookies.SESSION, settings)]
    after = await visit.field("next")
    door = "/sign-in" + (f"?next={quote(own_path(after))}" if after else "")
    async with visit.desk.database.begin(SERVICE) as session:
        await sign_out(session, cookie)
    response = visit.go(door, N_("You are signed out."))
    cookies.drop(response, cookies.SESSION, settings)
    # What the browser kept of this site goes, too, on a computer that others use.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


async def _told_of_lock(
    visit: Visit, session: Session, staff: Staff, response: Response
) -> Response:
    """On the page that follows: whoever typed wrongly may have been somebody else."""
    if await hear_of_lock(session, staff):
        text = visit.desk.catalogues.of(staff.language).gettext(_WAS_CLOSED)
        say(response, Said(text, good=False), visit.desk)
    return response


def _page(visit: Visit, wanted: str, code: str = "", wrong: str = "") -> Response:
    return visit.show_anybody(
        "sign-in.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        next=wanted,
        sign_in_code=code,
        wrong=wrong,
        passkeys=visit.desk.settings.passkey_place,
    )
