"""Settings, from the environment (which wins) or wayhome.toml in the working folder.

An empty one is an absent one. A secret may be named by a file: WAYHOME_BOT_TOKEN_FILE holds
the path of a file with the token.
"""

import os
import re
from collections import Counter
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.addresses import ensure_a_database, ensure_an_address, ensure_hosts_and_ports_fit, parts_of
from domain.text_files import NotToml, content_of, plain_text, read_toml

_PREFIX = "WAYHOME_"
_FILE = "wayhome.toml"
# Telegram brings updates over https alone; a server of one's own beside us needs none.
_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")
_ASKED_OF_A_DATABASE = ("ssl", "host", "port")
# Of two names, by difflib: one letter too many, too few or in the wrong place.
_NEARLY = 0.9
_SECRETS = (
    "bot_token",
    "database_url",
    "webhook_secret",
    "guard_alarms",
    "guard_heartbeat",
    "mail",
)


class SettingsError(Exception):
    """A setting is missing or wrong; the text is one sentence that names it."""


class _SecretFiles(PydanticBaseSettingsSource):
    """WAYHOME_…_FILE, for secrets that a container mounts."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        path = os.environ.get(f"{_PREFIX}{field_name.upper()}_FILE")
        if field_name not in _SECRETS or not path:
            return None, field_name, False
        try:
            return plain_text(Path(path).read_bytes()).strip() or None, field_name, False
        except (OSError, UnicodeDecodeError) as error:
            name = f"{_PREFIX}{field_name.upper()}_FILE"
            why = error.strerror if isinstance(error, OSError) else "it is no text"
            raise SettingsError(f"{name} can't be read: {why}.") from None

    def __call__(self) -> dict[str, Any]:
        found = {
            name: self.get_field_value(None, name)[0] for name in self.settings_cls.model_fields
        }
        return {name: value for name, value in found.items() if value is not None}


class _SettingsFile(InitSettingsSource):
    """wayhome.toml, in which an empty one is absent too, and each has its whole name or what stands
    behind WAYHOME_ in it, in small letters.
    """

    def __init__(self, settings_cls: type[BaseSettings]) -> None:
        try:
            written = read_toml(content_of(Path(_FILE)))
        except FileNotFoundError:
            written = {}
        short = dict(zip(written, map(_short, written), strict=True))
        for name, count in Counter(short.values()).items():
            if count > 1:
                raise SettingsError(f"{_PREFIX}{name.upper()} is in {_FILE} twice.")
        super().__init__(
            settings_cls, {short[name]: it for name, it in written.items() if it != ""}
        )


def _short(written: str) -> str:
    """What nobody knows stays as it was written, to be named so."""
    short = written.removeprefix(_PREFIX).lower()
    is_ours = short in Settings.model_fields and written == f"{_PREFIX}{short.upper()}"
    return short if is_ours else written


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_ignore_empty=True,
        extra="forbid",
        hide_input_in_errors=True,
    )

    bot_token: SecretStr | None = None
    telegram_api_url: str = "https://api.telegram.org"
    telegram_rate: int = Field(default=30, ge=1, le=1000)
    database_url: SecretStr | None = None
    data_dir: Path = Path(".wayhome")
    key_file: Path | None = None
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    public_url: str | None = None
    #: The guard's: what it asks, comma separated; whom it tells, as Apprise addresses; and whom it
    #: tells that it is there.
    guard_urls: str | None = None
    guard_alarms: SecretStr | None = None
    guard_heartbeat: SecretStr | None = None
    #: The mail service by which partners get their mails.
    mail: SecretStr | None = None
    #: Hosts within our own walls that alerts may go to, apart by commas.
    alert_hosts: str = ""
    #: The demo's own: where its phones are shown.
    phones_port: int = Field(default=8081, ge=1, le=65535)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (
            init_settings,
            env_settings,
            _SecretFiles(settings_cls),
            _SettingsFile(settings_cls),
        )

    @field_validator("bot_token")
    @classmethod
    def _token_looks_right(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and not re.fullmatch(
            r"\d+:[\w-]+", token.get_secret_value(), re.ASCII
        ):
            raise ValueError("is no bot token: BotFather's look like 123456:ABC-DEF")
        return token

    @field_validator("database_url")
    @classmethod
    def _is_postgres(cls, url: SecretStr | None) -> SecretStr | None:
        if url is None:
            return None
        scheme, _, rest = url.get_secret_value().partition("://")
        if scheme not in ("postgresql", "postgres", "postgresql+asyncpg") or not rest:
            raise ValueError("must begin with postgresql://")
        address, _, asked = rest.partition("?")
        ensure_a_database(f"postgresql://{address}")
        # Hosted databases hand it out in libpq's words.
        query = [("ssl" if key == "sslmode" else key, value) for key, value in parse_qsl(asked)]
        for key, _ in query:
            if key not in _ASKED_OF_A_DATABASE:
                raise ValueError(
                    f"has {key} behind its question mark: only sslmode, host and port may stand"
                    " there"
                )
        behind = f"?{urlencode(query, safe='/:')}" if query else ""
        whole = f"postgresql+asyncpg://{address}{behind}"
        ensure_hosts_and_ports_fit(whole)
        return SecretStr(whole)

    @field_validator("*", mode="before")
    @classmethod
    def _is_text_or_a_number(cls, given: Any) -> Any:
        """A NUL, as in a file of UTF-16 that does not say so, is in no path, name or address; and
        true would count as 1. The end of a line belongs to none, nor does a blank behind it.
        """
        if given is True or given is False:
            raise ValueError("is true or false, which no setting is")
        if isinstance(given, str) and "\0" in given:
            raise ValueError("holds a NUL, which no setting does")
        return given.strip() if isinstance(given, str) else given

    @field_validator("telegram_api_url", "webhook_url", "public_url")
    @classmethod
    def _is_an_address(cls, url: str | None) -> str | None:
        if url is None:
            return None
        ensure_an_address(url)
        return url.rstrip("/")

    @field_validator("telegram_api_url")
    @classmethod
    def _ends_before_bot(cls, url: str) -> str:
        if url.endswith("/bot"):
            raise ValueError("must be without /bot at its end")
        return url

    @field_validator("webhook_url")
    @classmethod
    def _is_one_that_telegram_takes(cls, url: str | None) -> str | None:
        parts = urlsplit(url or "")
        if url is not None and parts.scheme != "https" and parts.hostname not in _THIS_MACHINE:
            raise ValueError("must begin with https://")
        return url

    @field_validator("public_url")
    @classmethod
    def _ends_before_what_is_asked(cls, url: str | None) -> str | None:
        """Links are written behind it."""
        if url is not None and ("?" in url or "#" in url):
            raise ValueError("must end before any ? or #")
        return url

    @field_validator("guard_urls")
    @classmethod
    def _are_addresses(cls, urls: str | None) -> str | None:
        for url in (urls or "").split(","):
            if url.strip():
                ensure_an_address(url.strip())
        return urls

    @field_validator("guard_heartbeat")
    @classmethod
    def _can_be_asked(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None:
            ensure_an_address(url.get_secret_value())
        return url

    @field_validator("mail")
    @classmethod
    def _is_a_mail_service(cls, address: SecretStr | None) -> SecretStr | None:
        if address is not None:
            parts = parts_of(address.get_secret_value())
            if parts.scheme not in ("smtp", "smtps") or "from" not in parse_qs(parts.query):
                raise ValueError("must look like smtps://user:password@host?from=desk@example.org")
        return address

    @field_validator("webhook_secret")
    @classmethod
    def _is_a_header(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not re.fullmatch(
            r"[\w-]{1,256}", secret.get_secret_value(), re.ASCII
        ):
            raise ValueError("must be 1 to 256 of A-Z, a-z, 0-9, _ and -")
        return secret

    @model_validator(mode="after")
    def _webhook_has_its_secret(self) -> "Settings":
        if self.webhook_url and not self.webhook_secret:
            raise ValueError("WAYHOME_WEBHOOK_SECRET is needed with WAYHOME_WEBHOOK_URL")
        return self

    @property
    def key_path(self) -> Path:
        return self.key_file or self.data_dir / "key"

    @property
    def address(self) -> str:
        """Where staff open the console."""
        return self.public_url or f"http://localhost:{self.port}"

    @property
    def vouched_for(self) -> list[str]:
        """Hosts that alerts may go to, wherever they are."""
        return self.alert_hosts.replace(",", " ").split()

    @property
    def guarded(self) -> list[str]:
        """The addresses that the guard asks."""
        urls = (url.strip() for url in (self.guard_urls or "").split(","))
        return [url.rstrip("/").removesuffix("/readyz") for url in urls if url]

    def token(self) -> str:
        """Raises SettingsError when it is absent."""
        if self.bot_token is None:
            raise SettingsError("WAYHOME_BOT_TOKEN is missing: BotFather on Telegram gives one.")
        return self.bot_token.get_secret_value()


def _ensure_none_is_misspelt() -> None:
    """An absent WAYHOME_DATABASE_URL is a choice: an empty database is made beside the one that was
    meant. Others' variables may begin like ours, so only what is nearly one of ours is refused.
    """
    plain = {f"{_PREFIX}{name.upper()}" for name in Settings.model_fields}
    known = plain | {f"{_PREFIX}{name.upper()}_FILE" for name in _SECRETS}
    for name in sorted(os.environ):
        if not name.startswith(_PREFIX) or name in known:
            continue
        meant = get_close_matches(name, known, n=1, cutoff=_NEARLY)
        if name.removesuffix("_FILE") in plain:
            meant = [name.removesuffix("_FILE")]
        if meant:
            raise SettingsError(f"{name} is no setting: {meant[0]} is one.")


def _no_setting(written: str) -> SettingsError:
    """In the file, where names are short."""
    short = written.lower().removeprefix(_PREFIX.lower())
    meant = get_close_matches(short, Settings.model_fields, n=1)
    instead = f": {meant[0]} is one" if meant else ""
    return SettingsError(f"{written} in {_FILE} is no setting{instead}.")


def read_settings(**given: Any) -> Settings:
    """Raises SettingsError with one sentence that names the wrong setting."""
    _ensure_none_is_misspelt()
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        if first["type"] == "extra_forbidden":
            raise _no_setting(str(first["loc"][0])) from None
        words = first["msg"].removeprefix("Value error, ").removeprefix("Input ")
        name = "_".join(str(part) for part in first["loc"]).upper()
        sentence = f"{_PREFIX}{name} {words}" if name else words
        raise SettingsError(f"{sentence.rstrip('.')}.") from None
    except NotToml as error:
        raise SettingsError(f"{_FILE} is not TOML: {error}.") from None
    except OSError as error:
        raise SettingsError(f"{_FILE} can't be read: {error.strerror}.") from None
