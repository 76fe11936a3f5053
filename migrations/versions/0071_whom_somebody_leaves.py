"""Which organisations somebody is to be forgotten by: the others go on"""

from alembic import op

revision = "0071"
down_revision = "0069"
branch_labels = None
depends_on = None

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


def downgrade() -> None:
    op.execute("DROP FUNCTION wayhome_leaving(uuid, uuid[])")
