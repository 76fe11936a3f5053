"""Consent with its exact words, asked anew when something changes; children; what is erased"""

import sqlalchemy as sa
from alembic import op

from migrations.indexes import build_index

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
_CODE = sa.String(length=32)
_COLUMNS = (
    ("consent", "how", _CODE),
    ("consent", "text_id", sa.String()),
    ("consent", "partner_id", sa.UUID()),
    ("returnee", "arrived_at", INSTANT),
    ("returnee", "said_child_at", INSTANT),
    ("returnee", "notice_version", sa.String()),
    ("case", "agreed_at", INSTANT),
    ("case", "erase_at", INSTANT),
    ("message", "forget_at", INSTANT),
)
_INDEXES = (
    ("ix_case_erase_at", "case", ("erase_at",), "erase_at IS NOT NULL"),
    ("ix_message_forget_at", "message", ("forget_at",), "forget_at IS NOT NULL"),
)
_OF_RETURNEE = ("renewal", "turning_points", "child_protection")
_THEIRS = (
    "CREATE POLICY scope ON {table} TO wayhome_app USING ((SELECT wayhome_service())"
    " OR EXISTS (SELECT FROM returnee r WHERE r.id = {table}.returnee_id))"
)


def upgrade() -> None:
    for table, column, kind in _COLUMNS:
        op.add_column(table, sa.Column(column, kind, nullable=True), if_not_exists=True)
    op.add_column(
        "consent",
        sa.Column("provisional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        if_not_exists=True,
    )
    for name, table, columns, where in _INDEXES:
        build_index(name, table, columns, where)
    create_tables()
    op.execute("GRANT SELECT, INSERT ON notice_text TO wayhome_app")
    for table in _OF_RETURNEE:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(_THEIRS.format(table=table))
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO wayhome_app")


def create_tables() -> None:
    op.create_table(
        "notice_text",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("first_shown_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_text")),
    )
    op.create_table(
        "renewal",
        sa.Column("returnee_id", sa.UUID(), nullable=False),
        sa.Column("reason", _CODE, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=True),
        sa.Column("look_at", INSTANT, nullable=False),
        *_persons("renewal"),
    )
    op.create_index("ix_renewal_look_at", "renewal", ["look_at"])
    op.create_table(
        "turning_points",
        sa.Column("returnee_id", sa.UUID(), nullable=False),
        sa.Column("days", sa.LargeBinary(), nullable=False),
        sa.Column("looked_at", INSTANT, nullable=False),
        *_persons("turning_points"),
    )
    op.create_index("ix_turning_points_looked_at", "turning_points", ["looked_at"])
    op.create_table(
        "child_protection",
        sa.Column("returnee_id", sa.UUID(), nullable=False),
        sa.Column("worker_id", sa.UUID(), nullable=False),
        sa.Column("decision", sa.LargeBinary(), nullable=False),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.Column("decided_by", sa.UUID(), nullable=True),
        *_persons("child_protection"),
        _of_staff("worker_id", "CASCADE"),
        _of_staff("decided_by", "SET NULL"),
    )
    op.create_index(op.f("ix_child_protection_worker_id"), "child_protection", ["worker_id"])


def _persons(table: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["returnee_id"],
            ["returnee.id"],
            name=op.f(f"fk_{table}_returnee_id_returnee"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("returnee_id", name=op.f(f"pk_{table}")),
    )


def _of_staff(column: str, ondelete: str) -> sa.Constraint:
    name = op.f(f"fk_child_protection_{column}_staff")
    return sa.ForeignKeyConstraint([column], ["staff.id"], name=name, ondelete=ondelete)


def downgrade() -> None:
    for table in ("child_protection", "turning_points", "renewal", "notice_text"):
        op.drop_table(table)
    for name, table, _, _ in reversed(_INDEXES):
        op.drop_index(name, table)
    op.drop_column("consent", "provisional")
    for table, column, _ in reversed(_COLUMNS):
        op.drop_column(table, column)
