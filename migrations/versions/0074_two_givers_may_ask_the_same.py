"""Two organisations may ask a third one about the same person, and learn nothing of each other"""

from migrations.indexes import build_index, remove_index

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None

_NAME, _TABLE = "uq_referral_under_way", "referral"


def upgrade() -> None:
    remove_index(_NAME, _TABLE)


def downgrade() -> None:
    under_way = "state = ANY (ARRAY['asked', 'to-decide', 'offered', 'accepted'])"
    build_index(_NAME, _TABLE, ("returnee_id", "partner_id"), under_way, unique=True)
