from pathlib import Path

import pytest

from bot.settings import SettingsError, read_settings


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_with_nothing_set_everything_has_its_default() -> None:
    settings = read_settings()

    assert settings.database_url is None
    assert (settings.telegram_rate, settings.port) == (30, 8080)
    assert settings.key_path == Path(".wayhome/key")
    assert settings.address == "http://localhost:8080"


def test_the_environment_wins_over_the_file_and_empty_means_absent(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (empty_folder / "wayhome.toml").write_text("telegram_rate = 5\nport = 9000\n")
    monkeypatch.setenv("WAYHOME_PORT", "9001")
    monkeypatch.setenv("WAYHOME_TELEGRAM_RATE", "")

    assert (read_settings().telegram_rate, read_settings().port) == (5, 9001)


def test_an_empty_setting_in_the_file_is_an_absent_one(empty_folder: Path) -> None:
    (empty_folder / "wayhome.toml").write_text('webhook_url = ""\nkey_file = ""\n')

    settings = read_settings()

    assert settings.webhook_url is None
    assert settings.key_path == Path(".wayhome/key")


def test_a_secret_comes_from_a_file_and_is_never_shown(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (empty_folder / "token").write_text("123:abc\n")
    monkeypatch.setenv("WAYHOME_BOT_TOKEN_FILE", str(empty_folder / "token"))

    settings = read_settings()

    assert settings.token() == "123:abc"
    assert "abc" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("WAYHOME_BOT_TOKEN", "hello", "WAYHOME_BOT_TOKEN is no bot token"),
        ("WAYHOME_DATABASE_URL", "mysql://x", "WAYHOME_DATABASE_URL must begin with postgresql"),
        ("WAYHOME_DATABASE_URL", "postgres://u@h/d?options=x", "WAYHOME_DATABASE_URL has options"),
        ("WAYHOME_DATABASE_URL", "postgres:///d?host=a&host=b", "?host=one:5432&host=two:5432"),
        ("WAYHOME_DATABASE_URL", "postgres://u@a:1,b:2/d", "?host=one:5432&host=two:5432"),
        ("WAYHOME_DATABASE_URL", "postgres://u@a:1/d?host=b:2", "?host=one:5432&host=two:5432"),
        ("WAYHOME_DATABASE_URL", "postgres:///d?host=a:1&host=b:65536", "hosts and ports that don"),
        ("WAYHOME_DATABASE_URL", "postgres:///d?host=a&port=99999", "hosts and ports that don't"),
        ("WAYHOME_TELEGRAM_RATE", "0", "WAYHOME_TELEGRAM_RATE should be greater than"),
        ("WAYHOME_PORT", "x", "WAYHOME_PORT should be a valid integer"),
        ("WAYHOME_WEBHOOK_URL", "https://example.org", "WAYHOME_WEBHOOK_SECRET is needed"),
        ("WAYHOME_WEBHOOK_URL", "http://example.org", "WAYHOME_WEBHOOK_URL must begin with"),
        ("WAYHOME_BOT_TOKEN", "١٢٣:ä", "WAYHOME_BOT_TOKEN is no bot token"),
        ("WAYHOME_WEBHOOK_SECRET", "ein Wort", "WAYHOME_WEBHOOK_SECRET must be 1 to 256 of"),
        ("WAYHOME_WEBHOOK_SECRET", "ä" * 20, "WAYHOME_WEBHOOK_SECRET must be 1 to 256 of"),
        ("WAYHOME_WEBHOOK_SECRET", "a" * 257, "WAYHOME_WEBHOOK_SECRET must be 1 to 256 of"),
        ("WAYHOME_TELEGRAM_API_URL", "http://h:1/bot/", "WAYHOME_TELEGRAM_API_URL must be without"),
        ("WAYHOME_PUBLIC_URL", "example.org", "WAYHOME_PUBLIC_URL must begin with"),
        ("WAYHOME_PUBLIC_URL", "https://", "WAYHOME_PUBLIC_URL names no host"),
        ("WAYHOME_PUBLIC_URL", "https://x.org/?a", "WAYHOME_PUBLIC_URL must end before any ?"),
        ("WAYHOME_PUBLIC_URL", "https://x.org/#a", "WAYHOME_PUBLIC_URL must end before any ?"),
        ("WAYHOME_PUBLIC_URL", "https://x .org", "WAYHOME_PUBLIC_URL holds a blank"),
        ("WAYHOME_PUBLIC_URL", "https://[::1", "WAYHOME_PUBLIC_URL names no host"),
        ("WAYHOME_TELEGRAM_API_URL", "http://h:x", "WAYHOME_TELEGRAM_API_URL names no host or no"),
        ("WAYHOME_GUARD_URLS", "http://h, https://", "WAYHOME_GUARD_URLS names no host"),
        ("WAYHOME_GUARD_HEARTBEAT", "hc-ping.com/x", "WAYHOME_GUARD_HEARTBEAT must begin with"),
        ("WAYHOME_MAIL", "smtp://h?from=", "WAYHOME_MAIL must look like"),
        ("WAYHOME_BOT_TOKEN_FILE", "/no/such", "WAYHOME_BOT_TOKEN_FILE can't be read"),
    ],
)
def test_a_wrong_setting_is_named_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError) as refusal:
        read_settings()

    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("host", ["db..example.org", ".example.org", "a" * 64 + ".example.org"])
@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("WAYHOME_DATABASE_URL", "postgresql://user:hidden@{}/wayhome"),
        ("WAYHOME_DATABASE_URL", "postgresql://user:hidden@/wayhome?host=db:5432&host={}:5432"),
        ("WAYHOME_TELEGRAM_API_URL", "https://{}"),
        ("WAYHOME_GUARD_URLS", "http://replica:8080,http://{}:8080"),
        ("WAYHOME_GUARD_HEARTBEAT", "https://{}/ping"),
        ("WAYHOME_MAIL", "smtps://user:hidden@{}?from=desk@example.org"),
    ],
)
def test_p1_a_host_with_a_dot_too_many_is_named_before_the_guard_or_anything_else_falls_over_it(
    monkeypatch: pytest.MonkeyPatch, name: str, address: str, host: str
) -> None:
    monkeypatch.setenv(name, address.format(host))

    with pytest.raises(SettingsError, match=rf"^{name} names (a|no) host .*that there can") as no:
        read_settings()

    assert "hidden" not in str(no.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u@db.example.org./wayhome",
        "postgresql://u@bücher.example/wayhome",
        "postgresql://u@[::1]/wayhome",
        "postgresql://u@my_db/wayhome",
        f"postgresql://u@/wayhome?host=/run/a..b/{'c' * 64}",
    ],
)
def test_every_host_that_can_be_looked_up_is_taken(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("WAYHOME_DATABASE_URL", url)

    assert read_settings().database_url is not None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WAYHOME_MAIL", "smtps://user:hidden/word@smtp.example.org?from=desk@example.org"),
        ("WAYHOME_MAIL", "smtp://smtp.example.org:hidden?from=desk@example.org"),
        ("WAYHOME_MAIL", "smtps://user:my#hidden@smtp.example.org?from=desk@example.org"),
        ("WAYHOME_DATABASE_URL", "postgresql://user:hidden?word@db/wayhome"),
        ("WAYHOME_DATABASE_URL", "postgresql://user:my?hidden=word@db/wayhome"),
        ("WAYHOME_DATABASE_URL", "postgresql://user:hidden@one:5432,two:5432/wayhome"),
        ("WAYHOME_DATABASE_URL", "postgresql://user:hidden@db:99999/wayhome"),
        ("WAYHOME_GUARD_HEARTBEAT", "https://user:hidden/word@example.org"),
    ],
)
def test_p8_a_password_that_breaks_its_address_is_named_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError, match=rf"^{name} .*%2F for /") as refusal:
        read_settings()

    assert "hidden" not in str(refusal.value)


@pytest.mark.parametrize("behind", [" ", "\n", "\r\n"])
def test_the_end_of_a_line_belongs_to_no_setting(
    monkeypatch: pytest.MonkeyPatch, behind: str
) -> None:
    monkeypatch.setenv("WAYHOME_PUBLIC_URL", f"https://example.org/{behind}")
    monkeypatch.setenv("WAYHOME_DATA_DIR", f"/srv/wayhome{behind}")
    settings = read_settings()
    assert settings.public_url == "https://example.org"
    assert settings.data_dir == Path("/srv/wayhome")


def test_a_database_at_a_socket_is_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYHOME_DATABASE_URL", "postgresql:///wayhome?host=/run/postgresql")

    assert read_settings().database_url is not None


def test_a_file_that_can_t_be_read_is_named(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    (empty_folder / "wayhome.toml").write_text("port = 9000\n")
    monkeypatch.setattr(Path, "open", closed)

    with pytest.raises(SettingsError, match=r"wayhome\.toml can't be read: Permission denied"):
        read_settings()


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("prot = 9000", "prot in wayhome.toml is no setting: port is one."),
        ("WAYHOME_PROT = 9000", "WAYHOME_PROT in wayhome.toml is no setting: port is one."),
        ("[queue]\nlength = 9", "queue in wayhome.toml is no setting."),
    ],
)
def test_what_is_no_setting_in_the_file_is_named(
    empty_folder: Path, written: str, sentence: str
) -> None:
    (empty_folder / "wayhome.toml").write_text(written)

    with pytest.raises(SettingsError) as refusal:
        read_settings()

    assert str(refusal.value) == sentence


def test_a_folder_in_the_place_of_the_file_is_named(empty_folder: Path) -> None:
    """Docker makes one where a file that is mounted is not there. An empty database would be made
    beside the one that the file names.
    """
    (empty_folder / "wayhome.toml").mkdir()

    with pytest.raises(SettingsError, match=r"^wayhome\.toml can't be read: Is a directory\.$"):
        read_settings()


def test_a_setting_has_the_same_name_in_the_file(empty_folder: Path) -> None:
    (empty_folder / "wayhome.toml").write_text('WAYHOME_PORT = 9000\nWAYHOME_WEBHOOK_URL = ""\n')

    assert (read_settings().port, read_settings().webhook_url) == (9000, None)


def test_a_setting_that_is_in_the_file_twice_is_named(empty_folder: Path) -> None:
    (empty_folder / "wayhome.toml").write_text("WAYHOME_PORT = 9000\nport = 9001\n")

    with pytest.raises(SettingsError, match=r"^WAYHOME_PORT is in wayhome\.toml twice\.$"):
        read_settings()


def test_any_word_that_telegram_takes_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYHOME_WEBHOOK_SECRET", "s3cret")

    assert read_settings().webhook_secret is not None


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("WAYHOME_DATABSE_URL", "WAYHOME_DATABASE_URL"),
        ("WAYHOME_GUARD_HEARTBEATS", "WAYHOME_GUARD_HEARTBEAT"),
        ("WAYHOME_BOT_TOKEN_FIL", "WAYHOME_BOT_TOKEN_FILE"),
    ],
)
def test_a_misspelt_setting_in_the_environment_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, meant: str
) -> None:
    """Or an empty database would be made beside the one that was meant."""
    monkeypatch.setenv(name, "x")

    with pytest.raises(SettingsError, match=rf"^{name} is no setting: {meant} is one\.$"):
        read_settings()


def test_a_file_is_named_for_secrets_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYHOME_PUBLIC_URL_FILE", "/run/secrets/url")

    with pytest.raises(SettingsError, match=r"^WAYHOME_PUBLIC_URL_FILE is no setting: WAYHOME_P"):
        read_settings()


@pytest.mark.parametrize(
    "name",
    [
        "WAYHOME_DOMAIN",
        "WAYHOME_UID",
        "WAYHOME_GID",
        "WAYHOME_VERSION",
        "WAYHOME_REPLICAS",
        "WAYHOME_PORT_8080_TCP",
        "WAYHOME_SERVICE_HOST",
        "WAYHOME_SERVICE_PORT",
        "WAYHOME_CONSOLE_PORT",
        "WAYHOME_DATABASE_PORT",
    ],
)
def test_what_others_keep_in_the_environment_is_theirs(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Compose's own, and what Kubernetes says of services."""
    monkeypatch.setenv(name, "x")

    assert read_settings().port == 8080


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_files_are_read_as_notepad_saves_them(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    (empty_folder / "wayhome.toml").write_text("port = 9000\n", encoding)
    (empty_folder / "token").write_text("123:abc\r\n", encoding)
    monkeypatch.setenv("WAYHOME_BOT_TOKEN_FILE", str(empty_folder / "token"))

    settings = read_settings()

    assert (settings.port, settings.token()) == (9000, "123:abc")


@pytest.mark.parametrize(
    "written",
    [
        b"port = = 9000\n",
        b"host = '\xff'\n",
        b"port = " + b"9" * 5000,
        b"host = " + b"[" * 5000,
    ],
    ids=["twice", "latin-1", "long", "deep"],
)
def test_a_file_that_is_not_toml_is_named(empty_folder: Path, written: bytes) -> None:
    (empty_folder / "wayhome.toml").write_bytes(written)

    with pytest.raises(SettingsError, match=r"wayhome\.toml is not TOML"):
        read_settings()


@pytest.mark.parametrize("name", ["key_file", "data_dir", "host", "bot_token", "database_url"])
def test_a_setting_with_a_nul_in_it_is_named(empty_folder: Path, name: str) -> None:
    (empty_folder / "wayhome.toml").write_text(f'{name} = "a\\u0000b"\n')

    with pytest.raises(SettingsError, match=f"WAYHOME_{name.upper()} holds a NUL"):
        read_settings()


@pytest.mark.parametrize("name", ["port", "telegram_rate", "host", "data_dir"])
def test_true_where_a_number_or_a_text_belongs_is_named(empty_folder: Path, name: str) -> None:
    """Not taken for 1: nothing listens there."""
    (empty_folder / "wayhome.toml").write_text(f"{name} = true\n")

    with pytest.raises(SettingsError) as refusal:
        read_settings()

    assert str(refusal.value) == f"WAYHOME_{name.upper()} is true or false, which no setting is."


def test_a_secret_in_a_file_that_is_no_text_is_named(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (empty_folder / "token").write_bytes(b"\xff\xfe1")
    monkeypatch.setenv("WAYHOME_BOT_TOKEN_FILE", str(empty_folder / "token"))

    with pytest.raises(SettingsError, match="WAYHOME_BOT_TOKEN_FILE can't be read: it is no text"):
        read_settings()


def test_whether_to_encrypt_is_taken_as_hosted_databases_write_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WAYHOME_DATABASE_URL", "postgres://u:p%40@db.example/d?sslmode=require")

    url = read_settings().database_url
    assert url is not None
    assert url.get_secret_value() == "postgresql+asyncpg://u:p%40@db.example/d?ssl=require"


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+asyncpg", "postgres"])
def test_every_common_form_of_a_database_url_is_taken(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setenv("WAYHOME_DATABASE_URL", f"{scheme}://me:pw@db/wayhome")

    url = read_settings().database_url

    assert url is not None
    assert url.get_secret_value() == "postgresql+asyncpg://me:pw@db/wayhome"
