"""Whether somebody is to be forgotten, for whoever sees nothing else of them"""

from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

# As the tables' owner: an organisation that is asked to help somebody sees neither their cases nor
# what they asked for.
LEAVING = """
CREATE FUNCTION wayhome_leaving(person uuid) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM erasure e WHERE e.returnee_id = person AND (
            e.chat IS NOT NULL OR e.asked_by IS NOT NULL AND NOT EXISTS (
                SELECT FROM "case" c WHERE c.returnee_id = person AND c.state <> 'resolved'
            )
        )
    )
$$
"""


def upgrade() -> None:
    op.execute(LEAVING)


def downgrade() -> None:
    op.execute("DROP FUNCTION wayhome_leaving(uuid)")
