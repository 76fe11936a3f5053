"""The directory: published services and their places, without row-level security"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SEARCH = (
    "setweight(to_tsvector('simple'::regconfig, title_words), 'A')"
    " || setweight(to_tsvector('simple'::regconfig, other_words), 'D')"
)


def upgrade() -> None:
    create_services()
    create_places()
    for table in ("directory_service", "directory_place"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO wayhome_app")


def create_services() -> None:
    op.create_table(
        "directory_service",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("hsds_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("needs", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("assured_date", sa.Date(), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("title_words", sa.String(), nullable=False),
        sa.Column("other_words", sa.String(), nullable=False),
        sa.Column(
            "search", postgresql.TSVECTOR(), sa.Computed(SEARCH, persisted=True), nullable=False
        ),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_service")),
        sa.UniqueConstraint("source", "hsds_id", name=op.f("uq_directory_service_source_hsds_id")),
        info={"scope": "public"},
    )
    for column in ("needs", "search"):
        op.create_index(
            f"ix_directory_service_{column}", "directory_service", [column], postgresql_using="gin"
        )


def create_places() -> None:
    op.create_table(
        "directory_place",
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("names", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["directory_service.id"],
            name=op.f("fk_directory_place_service_id_directory_service"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("service_id", "number", name=op.f("pk_directory_place")),
        info={"scope": "public"},
    )
    op.create_index("ix_directory_place_country_key", "directory_place", ["country", "key"])
    op.create_index(op.f("ix_directory_place_key"), "directory_place", ["key"])


def downgrade() -> None:
    op.drop_table("directory_place")
    op.drop_table("directory_service")
