"""Lists and ticks go by indexes, however many people there are"""

import sqlalchemy as sa
from alembic import op

from migrations.indexes import build_index

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
_DANGER = "array_position(ARRAY['emergency', 'urgent', 'concern', 'none'], severity::text)"
_URGENCY = (sa.text(_DANGER), sa.text("coalesce(deadline_at, opened_at)"), "id")
_AT_WORK = "state IN ('claimed', 'waiting', 'snoozed')"
_INDEXES = (
    ("ix_case_nobody_has", "case", ("organisation_id", *_URGENCY), "state = 'open'"),
    ("ix_case_at_work", "case", ("organisation_id", *_URGENCY), _AT_WORK),
    ("ix_case_with", "case", ("claimed_by", *_URGENCY), _AT_WORK),
    ("ix_case_closed", "case", ("organisation_id", "resolved_at", "id"), "state = 'resolved'"),
    ("ix_case_follows_id", "case", ("follows_id",), "follows_id IS NOT NULL"),
    ("ix_trace_sent_at", "trace", ("sent_at",), None),
    ("ix_shift_organisation_id_ends_at", "shift", ("organisation_id", "ends_at"), None),
)


def upgrade() -> None:
    op.add_column(
        "campaign", sa.Column("planned_to", sa.String(), nullable=True), if_not_exists=True
    )
    op.add_column("campaign", sa.Column("planned_at", INSTANT, nullable=True), if_not_exists=True)
    op.execute("UPDATE campaign SET planned_at = started_at")
    for name, table, columns, where in _INDEXES:
        build_index(name, table, columns, where)


def downgrade() -> None:
    for name, table, _, _ in reversed(_INDEXES):
        op.drop_index(name, table)
    op.drop_column("campaign", "planned_at")
    op.drop_column("campaign", "planned_to")
