"""One look at one page: who looks, what they sent, and what they are shown."""

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from gettext import NullTranslations
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from console import cookies
from console.desk import Desk
from console.members import Member
from console.said import Said, just_said, say
from domain.actors import Actor, Right
from domain.errors import Refusal, Refused
from domain.queue.standing import standing_of
from locales.catalogues import chosen_language, comma, direction
from storage.sessions import Session


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at one page, by somebody who may look at it."""

    request: Request
    desk: Desk
    #: None on the few pages that anybody may see.
    member: Member | None

    @property
    def me(self) -> Member:
        assert self.member is not None
        return self.member

    @property
    def actor(self) -> Actor:
        return self.me.actor

    @property
    def id(self) -> UUID:
        """The id of what the page is about, out of its address."""
        named: UUID = self.request.path_params["id"]
        return named

    @property
    def token(self) -> str:
        """The secret in the address of a page that somebody was sent a link to."""
        named: str = self.request.path_params["token"]
        return named

    @property
    def language(self) -> str:
        accepted = self.request.headers.get("accept-language", "").split(",")[0].split(";")[0]
        return self.member.language if self.member else chosen_language(accepted)

    @property
    def translations(self) -> NullTranslations:
        return self.desk.catalogues.of(self.language)

    def reason(self, refusal: Refusal) -> str:
        """Why not, in the reader's language."""
        return refusal.said(self.translations.gettext)

    def begin(self) -> AbstractAsyncContextManager[Session]:
        """A transaction that sees what this person may see of their organisation's."""
        return self.desk.database.begin(self.actor.organisation_id, self.actor.staff_id)

    @property
    def after(self) -> UUID | None:
        """After which line a page of a long list begins; None for the first page."""
        try:
            return UUID(self.request.query_params["after"])
        except (KeyError, ValueError):
            return None

    async def field(self, name: str) -> str:
        """A field of the form that was sent, without the space around it; "" if it is missing."""
        return (await self.secret(name)).strip()

    async def fields(self, name: str) -> list[str]:
        """All values of this name: the boxes that are ticked."""
        given = (await self.form()).getlist(name)
        return [each.strip() for each in given if isinstance(each, str)]

    async def secret(self, name: str) -> str:
        """A field as it was typed, since a password may begin or end with a space."""
        value = (await self.form()).get(name, "")
        return value if isinstance(value, str) else ""

    async def form(self) -> FormData:
        """The form that was sent, without NUL characters: no keyboard types them, and PostgreSQL
        keeps none. A line ends in one character, as their field counted it, and not in the two that
        browsers send.
        """
        given = await self.request.form()
        return FormData(
            [
                (name, value.replace("\0", "").replace("\r\n", "\n"))
                if isinstance(value, str)
                else (name, value)
                for name, value in given.multi_items()
            ]
        )

    async def render(self, session: Session, template: str, **context: Any) -> str:
        """The page as HTML, with how things stand for its reader, which is read here unless whoever
        calls has read it.
        """
        if self.member and "standing" not in context:
            context["standing"] = await standing_of(session, self.actor)
        return self._render(template, session.now, **context)

    async def show(
        self, session: Session, template: str, *, status: int = HTTPStatus.OK, **context: Any
    ) -> Response:
        return self._page(await self.render(session, template, **context), status)

    def show_anybody(
        self, template: str, *, status: int = HTTPStatus.OK, **context: Any
    ) -> Response:
        """A page that needs nothing from the database."""
        return self._page(self._render(template, None, **context), status)

    def go(self, path: str, done: str = "", *, refused: str = "") -> Response:
        """To another page, which then shows one sentence about what was done, or why not."""
        response = RedirectResponse(path, HTTPStatus.SEE_OTHER)
        if done or refused:
            text = self.translations.gettext(done or refused)
            say(response, Said(text, good=bool(done)), self.desk)
        return response

    def not_there(self) -> HTTPException:
        """The same for what does not exist and for what is somebody else's."""
        return HTTPException(HTTPStatus.NOT_FOUND)

    @contextmanager
    def else_not_there(self) -> Iterator[None]:
        """What is refused within is not there; that a role does not reach so far is still said."""
        try:
            yield
        except Refused:
            raise self.not_there() from None

    def _page(self, html: str, status: int) -> Response:
        response = HTMLResponse(html, status)
        cookies.drop(response, cookies.SAID, self.desk.settings)
        return response

    def _render(self, template: str, now: datetime | None, **context: Any) -> str:
        return self.desk.pages.get_template(template).render(
            now=now,
            me=self.member,
            path=self.request.url.path,
            language=self.language,
            direction=direction(self.language),
            comma=comma(self.language),
            translations=self.translations,
            place=self.member.place if self.member else ZoneInfo("UTC"),
            said=just_said(self.request, self.desk),
            may=self._may,
            once=uuid4().hex,
            **context,
        )

    def _may(self, right: str) -> bool:
        return self.member is not None and self.actor.may(Right[right])
