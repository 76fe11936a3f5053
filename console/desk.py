from dataclasses import dataclass, field
from typing import cast

from jinja2 import Environment
from starlette.requests import Request

from console.admission import Door
from console.settings import ConsoleSettings
from locales.catalogues import Catalogues
from storage.sessions import Database


@dataclass(frozen=True, slots=True)
class Desk:
    """What every page has at hand."""

    database: Database
    settings: ConsoleSettings
    pages: Environment
    catalogues: Catalogues
    door: Door = field(default_factory=Door)
    #: Where browsers wait whose cookie this process has not seen before: it may be made up.
    unseen: Door = field(default_factory=Door)
    #: Hashes of the cookies that turned out to be right.
    seen: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, request: Request) -> "Desk":
        return cast("Desk", request.app.state.desk)
