"""Whom we failed to ask lately, and which referrals are to be told of again, by an index"""

from migrations.indexes import build_index, remove_index

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index(
        "ix_check_in_missed_by_us",
        "check_in",
        ("organisation_id", "due_at"),
        "state = 'missed-by-us'",
    )
    build_index("ix_referral_alert_at", "referral", ("alert_at",), "alert_at IS NOT NULL")


def downgrade() -> None:
    remove_index("ix_referral_alert_at", "referral")
    remove_index("ix_check_in_missed_by_us", "check_in")
