"""A ledger of which the beginning was kept long enough goes on from an anchor"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# The application can't take away lines of the ledger. This can, and only the beginning of a chain
# that ends in the seal that it is given, and of real time nothing younger than a year.
SHORTEN = """
CREATE FUNCTION wayhome_shorten_audit(whose uuid, through bigint, sealed bytea) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH here AS (
        SELECT s.number FROM audit_seal s
        WHERE wayhome_service() AND s.organisation_id = whose AND s.position = through
        AND s.hash = sealed AND NOT EXISTS (
            SELECT FROM audit_entry e WHERE e.organisation_id = whose AND e.number <= s.number
            AND e.at > clock_timestamp() - interval '365 days'
        )
    ), anchored AS (
        INSERT INTO audit_anchor (organisation_id, number, position, hash, cut_at)
        SELECT whose, number, through, sealed, clock_timestamp() FROM here
        ON CONFLICT (organisation_id) DO UPDATE SET number = excluded.number,
            position = excluded.position, hash = excluded.hash, cut_at = excluded.cut_at
    ), lines AS (
        DELETE FROM audit_entry e USING here
        WHERE e.organisation_id = whose AND e.number <= here.number RETURNING e.number
    ), seals AS (
        DELETE FROM audit_seal s USING here
        WHERE s.organisation_id = whose AND s.position <= through
    )
    SELECT count(*) FROM lines
$$
"""


def upgrade() -> None:
    op.create_table(
        "audit_anchor",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("cut_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_audit_anchor_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_audit_anchor")),
    )
    op.execute("ALTER TABLE audit_anchor ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY scope ON audit_anchor TO wayhome_app USING ((SELECT wayhome_service())"
        " OR organisation_id = (SELECT wayhome_organisation()))"
    )
    op.execute("GRANT SELECT ON audit_anchor TO wayhome_app")
    op.execute(SHORTEN)
    op.execute("REVOKE ALL ON FUNCTION wayhome_shorten_audit(uuid, bigint, bytea) FROM PUBLIC")
    op.execute(
        "GRANT EXECUTE ON FUNCTION wayhome_shorten_audit(uuid, bigint, bytea) TO wayhome_app"
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION wayhome_shorten_audit(uuid, bigint, bytea)")
    op.drop_table("audit_anchor")
