"""What the watch listens for besides, in this organisation's own words."""

from starlette.responses import Response

from console.forms.refilling import ONCE
from console.visit import Visit
from console.words.reasons import reason_in_words
from domain.distress import Watch
from domain.distress.own import VIEW_OF
from domain.errors import Refused
from domain.lexicon import adding, muting
from domain.lexicon.accuracy import CATEGORIES, hearing_of
from domain.lexicon.hearing import hear_as_now
from domain.lexicon.reading import list_own
from domain.marks import N_
from locales.catalogues import LANGUAGES
from storage.kinds import Severity

_MUTED = N_("It is heard no more.")
_PROPOSED = N_("It is still heard: a second person has to agree.")


async def show(visit: Visit) -> Response:
    async with visit.begin() as session:
        return await visit.show(
            session,
            "lexicon.html",
            entries=await list_own(session, visit.actor),
            muted=await muting.list_muted(session, visit.actor, Watch.load()),
            languages=[(code, LANGUAGES[code]) for code in LANGUAGES if code in VIEW_OF],
            kinds=_kinds(visit),
            severities=list(Severity),
        )


async def add(visit: Visit) -> Response:
    new = adding.NewWords(
        language=await visit.field("language"),
        category=await visit.field("kind"),
        severity=await _severity(visit),
        phrase=await visit.field("phrase"),
        note=await visit.field("note"),
        hears=await _lines(visit, "hears"),
        ignores=await _lines(visit, "ignores"),
    )
    async with visit.begin() as session:
        entry_id = await adding.add_own(session, visit.actor, new, await visit.field(ONCE))
    return visit.go(f"/lexicon/{entry_id}", N_("Kept. It does not count yet."))


async def show_one(visit: Visit) -> Response:
    async with visit.begin() as session:
        with visit.else_not_there():
            words, trial = await adding.trial_of(session, visit.actor, visit.id, Watch.load())
        marks = await hearing_of(session, visit.actor, words.code)
        return await visit.show(
            session, "lexicon-entry.html", words=words, trial=trial, marks=marks
        )


async def put_in_force(visit: Visit) -> Response:
    async with visit.begin() as session:
        await adding.put_in_force(session, visit.actor, visit.id, Watch.load())
    return visit.go("/lexicon", N_("It counts from now on."))


async def discard(visit: Visit) -> Response:
    async with visit.begin() as session:
        await adding.discard(session, visit.actor, visit.id)
    return visit.go("/lexicon", N_("Thrown away."))


async def hear(visit: Visit) -> Response:
    """What a message that somebody made up would be heard as. It is kept nowhere."""
    text = await visit.field("text")
    async with visit.begin() as session:
        heard = await hear_as_now(session, visit.actor, text, Watch.load())
        return await visit.show(session, "lexicon-heard.html", text=text, heard=heard)


async def mute_line(visit: Visit) -> Response:
    key, reason = await visit.field("line"), await visit.field("reason")
    async with visit.begin() as session:
        muted = await muting.mute_line(session, visit.actor, key, reason, Watch.load())
    return visit.go("/lexicon", _MUTED if muted else _PROPOSED)


async def mute_own(visit: Visit) -> Response:
    reason = await visit.field("reason")
    async with visit.begin() as session:
        muted = await muting.mute_own(session, visit.actor, visit.id, reason)
    return visit.go("/lexicon", _MUTED if muted else _PROPOSED)


async def confirm(visit: Visit) -> Response:
    async with visit.begin() as session:
        await muting.confirm(session, visit.actor, visit.id)
    return visit.go("/lexicon", _MUTED)


async def lift(visit: Visit) -> Response:
    async with visit.begin() as session:
        await muting.lift(session, visit.actor, visit.id)
    return visit.go("/lexicon", N_("It is heard."))


def _kinds(visit: Visit) -> list[tuple[str, str]]:
    """With what a caseworker will read as the reason, in the order of those words."""
    named = [(code, reason_in_words(code, visit.translations)) for code in CATEGORIES]
    return sorted(named, key=lambda kind: kind[1].casefold())


async def _severity(visit: Visit) -> Severity:
    try:
        return Severity(await visit.field("severity"))
    except ValueError:
        raise Refused("Choose how grave it is.") from None


async def _lines(visit: Visit, name: str) -> list[str]:
    return [line.strip() for line in (await visit.field(name)).splitlines() if line.strip()]
