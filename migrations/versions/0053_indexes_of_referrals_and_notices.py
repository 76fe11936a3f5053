"""The lists of referrals, and who read which notice, are found by an index"""

from sqlalchemy import text

from migrations.indexes import build_index, remove_index

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

_UNDER_WAY = "(state = ANY (ARRAY['asked', 'to-decide', 'offered', 'accepted']))"
_LISTS = {"ix_referral_given": "organisation_id", "ix_referral_received": "partner_id"}


def upgrade() -> None:
    for name, whose in _LISTS.items():
        build_index(name, "referral", (whose, text(_UNDER_WAY), "made_at", "id"))
        remove_index(f"ix_referral_{whose}_made_at", "referral")
    build_index("ix_returnee_notice_version", "returnee", ("notice_version",))


def downgrade() -> None:
    remove_index("ix_returnee_notice_version", "returnee")
    for name, whose in _LISTS.items():
        build_index(f"ix_referral_{whose}_made_at", "referral", (whose, "made_at"))
        remove_index(name, "referral")
