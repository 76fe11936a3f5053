from starlette.responses import JSONResponse, Response

from console import cookies
from console.door.entering import browser_of, cookie_of, held_still
from console.door.passkeys import answer_of, offered, place_of, refused
from console.qr import qr_svg
from console.visit import Visit
from domain import staff as accounts
from domain.errors import Refused
from domain.marks import N_
from domain.staff import browsers, one_time, passkeys, set_up, sign_in
from locales.catalogues import LANGUAGES
from storage.kinds import Gender
from storage.sessions import SERVICE, Session
from storage.tables.staff import Staff


async def show(visit: Visit) -> Response:
    async with visit.desk.database.begin(SERVICE) as session:
        staff = await _own_row(visit, session)
        secret = one_time.secret_for(session, cookie_of(visit))
        authenticator = set_up.Authenticator.of(staff, secret)
        return await visit.show(
            session,
            "account.html",
            sign_in_code=staff.sign_in_code,
            has_password=staff.password_hash is not None,
            secret=authenticator.secret,
            address=authenticator.address,
            picture=qr_svg(authenticator.address),
            passkeys=await passkeys.passkeys_of(session, staff.id),
            passkeys_work=visit.desk.settings.passkey_place,
            just_signed_in=await browsers.has_just_signed_in(session, cookie_of(visit)),
            browsers=await browsers.browsers_of(session, staff, cookie_of(visit)),
            languages=LANGUAGES,
            gender=staff.gender,
            speaks=staff.speaks,
            genders=list(Gender),
        )


async def speak(visit: Visit) -> Response:
    language = await visit.field("language")
    if language in LANGUAGES:
        async with visit.begin() as session:
            await accounts.speak(session, visit.actor.staff_id, language)
    return visit.go("/account")


async def speak_with_people(visit: Visit) -> Response:
    languages = await visit.fields("speaks")
    async with visit.begin() as session:
        await accounts.speak_with_people(session, visit.actor.staff_id, languages)
    return visit.go("/account", N_("Noted."))


async def be(visit: Visit) -> Response:
    given = await visit.field("gender")
    async with visit.begin() as session:
        gender = Gender(given) if given in set(Gender) else None
        await accounts.be(session, visit.actor.staff_id, gender)
    return visit.go("/account", N_("Noted."))


async def add_password(visit: Visit) -> Response:
    """For an account that has only passkeys so far."""
    password, code = await visit.secret("new"), await visit.field("one_time_code")
    async with visit.desk.database.begin(SERVICE) as session:
        staff = await _ways_to_change(visit, session)
        if staff.password_hash is not None:
            raise Refused("You have a password: change that one.")
        secret = one_time.secret_for(session, cookie_of(visit))
        await set_up.add_password(session, staff, secret, password, code)
    return visit.go("/account", N_("You can sign in with your password now, too."))


async def change_password(visit: Visit) -> Response:
    old, new = await visit.secret("old"), await visit.secret("new")
    async with visit.desk.database.begin(SERVICE) as session:
        staff = await held_still(visit, session)
        code = await visit.field("one_time_code")
        changed = await sign_in.change_password(session, staff, old, code, new)
    if not changed:
        return visit.go("/account", refused=N_("The old password or the code was not right."))
    response = visit.go("/sign-in", N_("Your password is changed. Sign in with the new one."))
    cookies.drop(response, cookies.SESSION, visit.desk.settings)
    return response


async def offer_passkey(visit: Visit) -> Response:
    try:
        async with visit.desk.database.begin(SERVICE) as session:
            staff = await _ways_to_change(visit, session)
            return offered(await passkeys.offer_new(session, place_of(visit), staff))
    except Refused as error:
        return refused(visit, error)


async def add_passkey(visit: Visit) -> Response:
    answer, sealed = await answer_of(visit.request)
    try:
        async with visit.desk.database.begin(SERVICE) as session:
            staff = await _ways_to_change(visit, session)
            place, browser = place_of(visit), browser_of(visit)
            await passkeys.add_passkey(session, place, staff, answer, sealed, browser)
    except Refused as error:
        return refused(visit, error)
    return JSONResponse({"go": "/account"})


async def remove_passkey(visit: Visit) -> Response:
    async with visit.desk.database.begin(SERVICE) as session:
        staff = await _ways_to_change(visit, session)
        await passkeys.remove_passkey(session, staff, visit.id)
    return visit.go("/account", N_("The passkey is removed."))


async def end_browser(visit: Visit) -> Response:
    async with visit.desk.database.begin(SERVICE) as session:
        staff = await _own_row(visit, session)
        await browsers.sign_out_one(session, staff, visit.id)
    return visit.go("/account", N_("That browser is signed out."))


async def end_other_browsers(visit: Visit) -> Response:
    async with visit.desk.database.begin(SERVICE) as session:
        staff = await _own_row(visit, session)
        await browsers.sign_out_others(session, staff, cookie_of(visit))
    return visit.go("/account", N_("You are signed in nowhere but here."))


async def _own_row(visit: Visit, session: Session) -> Staff:
    return await session.get_one(Staff, visit.actor.staff_id)


async def _ways_to_change(visit: Visit, session: Session) -> Staff:
    """A password that is there is changed by whoever knows it, all other ways in by whoever has
    just signed in. Raises Refused.
    """
    staff = await held_still(visit, session)
    await browsers.ensure_just_signed_in(session, cookie_of(visit))
    return staff
