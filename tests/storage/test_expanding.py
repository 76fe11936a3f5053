"""Migrations only add, so that replicas of the version before go on working.

docs/decisions/0009-expand-then-contract.md says why, and how something goes nevertheless.
"""

import re
from collections.abc import Iterator
from io import StringIO

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import Script

from storage import schema
from tests.storage.scripts import scripts

# With these, everything began; and nothing was released before the third.
FIRST = {"0001", "0002"}
NOT_YET_IN_USE = {"0003"}
# A few rows for each organisation at most: building an index or writing a value takes no time.
SMALL = {
    "campaign",
    "fact",
    "key_epoch",
    "organisation",
    "passkey",
    "send_budget",
    "shift",
    "staff",
}

NAME = r'"?(?P<table>\w+)"?'
LITERAL = r"(?:'[^']*'|-?[\d.]+|true|false)"
TYPE = r"(?:(?!DEFAULT|NOT NULL|GENERATED|REFERENCES|UNIQUE)[\w ()])+?"
ADDS_COLUMN = re.compile(
    rf"ALTER TABLE {NAME} ADD COLUMN (?:IF NOT EXISTS )?\"?\w+\"? {TYPE}"
    rf"(?: DEFAULT {LITERAL}(?: NOT NULL)?)?"
)
HARMLESS = re.compile(
    r"(?:BEGIN|COMMIT|SET lock_timeout|RESET lock_timeout|COMMENT ON|GRANT|CREATE FUNCTION"
    r"|REVOKE ALL ON FUNCTION \w+\([\w, ]+\) FROM PUBLIC)\b.*"
)
# Hides rows from a member of the staff, whom an older replica does not name.
FOR_STAFF = re.compile(
    r'CREATE POLICY conflict ON "\w+" AS RESTRICTIVE TO wayhome_app USING \((\w+) IS NULL'
    r" OR \1 <> ALL \(CAST\(\(SELECT wayhome_unseen\(wayhome_staff\(\)\)\) AS uuid\[\]\)\)\)"
)
# What must be unique is so only among rows that older replicas never write: of a new column.
BESIDE = re.compile(
    r"(?:CREATE|DROP) INDEX CONCURRENTLY .*"
    r"|CREATE UNIQUE INDEX CONCURRENTLY \w+ ON \w+ \(.*\) WHERE \w+ IS NOT NULL"
)
# What is to go may be left empty first, where no older replica reads it.
LEFT_EMPTY = re.compile(r"ALTER TABLE signal_mark ALTER COLUMN marked_at DROP NOT NULL")
# Nobody is called at an address of whoever has left.
CALLED_BY_NOBODY = re.compile(
    r"DELETE FROM alert_channel USING staff WHERE staff\.id = alert_channel\.staff_id"
    r" AND staff\.disabled_at IS NOT NULL"
)
# Of a long table no more rows than there are referrals, by which they are found.
OF_REFERRALS = re.compile(
    r"WITH RECURSIVE brought \(gives, gets\) AS \( SELECT [\w., ]+ FROM referral r JOIN .*"
    r" UPDATE enrolment SET invite_id = .*"
)
# Of a long table those few who left the welcome half way, or answered once under another notice.
OF_OTHER_NOTICES = re.compile(
    r"WITH said AS \( SELECT .* FROM consent .* UPDATE returnee SET notice_version = .*"
)
# Of a long table those of nobody any more, found by an index that was built just before.
OF_NOBODY = re.compile(r"DELETE FROM invite WHERE used_at IS NOT NULL AND NOT EXISTS \(.*\)")
ON_TABLE = re.compile(rf"(?:CREATE INDEX (?:IF NOT EXISTS )?\w+ ON|UPDATE|INSERT INTO) {NAME}\b.*")
UNFELT = (
    *(ADDS_COLUMN, BESIDE, HARMLESS, FOR_STAFF),
    *(LEFT_EMPTY, CALLED_BY_NOBODY, OF_REFERRALS, OF_OTHER_NOTICES, OF_NOBODY),
)
CREATES = re.compile(rf"CREATE TABLE {NAME} .*")
OF_NEW = re.compile(rf"(?:CREATE UNIQUE INDEX \w+ ON|ALTER TABLE|CREATE POLICY \w+ ON) {NAME}\b.*")


def statements(script: Script) -> Iterator[str]:
    """What the revision would say to PostgreSQL, without one."""
    written = StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "output_buffer": written}
    )
    with Operations.context(context):
        script.module.upgrade()
    for statement in written.getvalue().split(";\n"):
        if statement.strip():
            yield " ".join(statement.split())


def breaking(said: Iterator[str], *, in_use: bool = True) -> list[str]:
    """What a replica of the version before would feel."""
    new: set[str] = set()
    felt = []
    for statement in said:
        if created := CREATES.fullmatch(statement):
            new.add(created["table"])
        elif not _is_unfelt(statement, new, in_use):
            felt.append(statement)
    return felt


def _is_unfelt(statement: str, new: set[str], in_use: bool) -> bool:
    if any(pattern.fullmatch(statement) for pattern in UNFELT):
        return True
    if on_table := ON_TABLE.fullmatch(statement):
        return not in_use or on_table["table"] in SMALL | new
    of_new = OF_NEW.fullmatch(statement)
    return of_new is not None and of_new["table"] in new


SCRIPTS = {
    script.revision: script for script in scripts().walk_revisions() if script.revision not in FIRST
}


@pytest.mark.parametrize("revision", sorted(SCRIPTS))
def test_a_revision_adds_or_says_since_when_nobody_uses_what_it_takes_away(revision: str) -> None:
    script = SCRIPTS[revision]
    since = getattr(script.module, "contracts_since", None)

    if since is None:
        assert breaking(statements(script), in_use=revision not in NOT_YET_IN_USE) == []
    else:
        assert schema.is_known(since)
        assert since < revision


@pytest.mark.parametrize("revision", sorted(SCRIPTS))
def test_a_revision_that_builds_indexes_beside_others_can_be_begun_anew(revision: str) -> None:
    """What comes before an index is committed with it: broken off, the revision starts again."""
    said = list(statements(SCRIPTS[revision]))
    if any(BESIDE.fullmatch(statement) for statement in said):
        columns = [statement for statement in said if ADDS_COLUMN.fullmatch(statement)]
        assert all("ADD COLUMN IF NOT EXISTS" in statement for statement in columns)


def test_revisions_are_numbers_in_order() -> None:
    found = [script.revision for script in scripts().walk_revisions()]

    assert found == [f"{number:04}" for number in range(len(found), 0, -1)]


@pytest.mark.parametrize(
    "statement",
    [
        'ALTER TABLE "case" DROP COLUMN code',
        "DROP TABLE trace",
        "ALTER TABLE inbox RENAME TO letterbox",
        "ALTER TABLE inbox RENAME lane TO chat",
        "ALTER TABLE inbox ALTER COLUMN lane TYPE TEXT",
        "ALTER TABLE inbox ALTER COLUMN payload SET NOT NULL",
        "ALTER TABLE inbox ALTER COLUMN lane DROP NOT NULL",
        "ALTER TABLE inbox ADD COLUMN mood VARCHAR NOT NULL",
        "ALTER TABLE inbox ADD COLUMN id UUID DEFAULT gen_random_uuid() NOT NULL",
        "ALTER TABLE inbox ADD CONSTRAINT one UNIQUE (lane)",
        "CREATE UNIQUE INDEX one ON inbox (lane)",
        "CREATE INDEX ix_inbox_lane ON inbox (lane)",
        "UPDATE returnee SET language = 'en'",
        "DELETE FROM trace",
        "DELETE FROM alert_channel",
        "UPDATE enrolment SET invite_id = NULL",
        "REVOKE ALL ON inbox FROM wayhome_app",
        "DROP POLICY scope ON inbox",
        "CREATE POLICY narrow ON inbox AS RESTRICTIVE TO wayhome_app USING (false)",
        "CREATE OR REPLACE FUNCTION wayhome_service() RETURNS boolean",
        "LOCK TABLE inbox",
        "ALTER TABLE inbox ADD COLUMN of UUID REFERENCES returnee (id)",
    ],
)
def test_what_an_older_replica_would_feel_is_recognised(statement: str) -> None:
    assert breaking(iter([statement])) == [statement]


@pytest.mark.parametrize(
    "said",
    [
        ["ALTER TABLE inbox ADD COLUMN mood VARCHAR"],
        ["ALTER TABLE \"case\" ADD COLUMN IF NOT EXISTS mood VARCHAR(32) DEFAULT 'calm' NOT NULL"],
        ["ALTER TABLE inbox ADD COLUMN at TIMESTAMP WITH TIME ZONE"],
        ["DROP INDEX CONCURRENTLY IF EXISTS ix", "CREATE INDEX CONCURRENTLY ix ON inbox (lane)"],
        ["CREATE TABLE mood (id UUID)", "CREATE UNIQUE INDEX ix ON mood (id)"],
        ["CREATE TABLE mood (id UUID)", "ALTER TABLE mood ENABLE ROW LEVEL SECURITY"],
        ["CREATE INDEX ix ON shift (starts_at)", "UPDATE campaign SET version = 1"],
    ],
)
def test_what_only_adds_is_let_through(said: list[str]) -> None:
    assert breaking(iter(said)) == []
