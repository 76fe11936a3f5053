"""Two agreed words, and words that only a confirmed person sees"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "agreed_words",
        sa.Column("returnee_id", sa.UUID(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("agreed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["returnee_id"],
            ["returnee.id"],
            name=op.f("fk_agreed_words_returnee_id_returnee"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("returnee_id", name=op.f("pk_agreed_words")),
    )
    op.execute("ALTER TABLE agreed_words ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY scope ON agreed_words TO wayhome_app USING ((SELECT wayhome_service())"
        " OR EXISTS (SELECT FROM returnee r WHERE r.id = agreed_words.returnee_id))"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON agreed_words TO wayhome_app")
    op.add_column("returnee", sa.Column("last_seen_at", INSTANT, nullable=True))
    op.add_column("returnee", sa.Column("confirmed_at", INSTANT, nullable=True))
    op.add_column("returnee", sa.Column("words_asked_until", INSTANT, nullable=True))
    op.add_column("invite", sa.Column("words", sa.LargeBinary(), nullable=True))
    op.add_column(
        "message",
        sa.Column("only_confirmed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("message", "only_confirmed")
    op.drop_column("invite", "words")
    op.drop_column("returnee", "words_asked_until")
    op.drop_column("returnee", "confirmed_at")
    op.drop_column("returnee", "last_seen_at")
    op.drop_table("agreed_words")
