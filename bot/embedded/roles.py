"""Who may enter the embedded database, and as whom.

`wayhome_owner` owns tables and migrates. `wayhome_run` logs in for everything else and is bound by
row-level security; in each transaction it becomes `wayhome_app`, which nobody can log in as.
"""

from collections.abc import Iterator

from bot.embedded.passwords import Passwords

DATABASE = "wayhome"
OWNER = "wayhome_owner"
RUN = "wayhome_run"
APP = "wayhome_app"


def role_statements(passwords: Passwords) -> Iterator[str]:
    yield f"ALTER ROLE {OWNER} PASSWORD '{passwords.owner}'"
    yield f"CREATE ROLE {APP} NOLOGIN"
    yield f"CREATE ROLE {RUN} LOGIN PASSWORD '{passwords.run}' IN ROLE {APP}"
    yield "REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC"


def database_statements(name: str, template: str = "template1") -> Iterator[str]:
    yield f'CREATE DATABASE "{name}" OWNER {OWNER} TEMPLATE "{template}"'
    yield f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC'
    yield f'GRANT CONNECT ON DATABASE "{name}" TO {APP}'
