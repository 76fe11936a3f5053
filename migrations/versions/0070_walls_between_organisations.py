"""By which organisations somebody is to be forgotten, so that the others go on; and of a case that
another organisation may read along, it sees what was said, nothing else, and changes nothing
"""

from alembic import op

from migrations.walls import keep_to_itself, only_read_elsewhere

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None
# By its own rules it reads and changes nothing that is walled off here.
contracts_since = "0069"

HANGS_ON_A_CASE = ("case_event", "case_task", "wait")
READ_ELSEWHERE = ("case", "message")

# Beside the one that knows no organisations, which the release before asks.
LEAVING = """
CREATE FUNCTION wayhome_leaving(person uuid, those uuid[]) RETURNS boolean LANGUAGE sql
    STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM erasure e WHERE e.returnee_id = person AND (
            e.chat IS NOT NULL OR e.asked_by IS NOT NULL
            AND (e.organisation_id IS NULL OR e.organisation_id = ANY (those))
            AND NOT EXISTS (
                SELECT FROM "case" c WHERE c.returnee_id = person AND c.state <> 'resolved'
            )
        )
    )
$$
"""


def upgrade() -> None:
    op.execute(LEAVING)
    for table in HANGS_ON_A_CASE:
        keep_to_itself(table)
    for table in READ_ELSEWHERE:
        only_read_elsewhere(table)


def downgrade() -> None:
    for table in READ_ELSEWHERE:
        for command in ("insert", "update", "delete"):
            op.execute(f'DROP POLICY own_{command} ON "{table}"')
    for table in HANGS_ON_A_CASE:
        op.execute(f'DROP POLICY own ON "{table}"')
    op.execute("DROP FUNCTION wayhome_leaving(uuid, uuid[])")
