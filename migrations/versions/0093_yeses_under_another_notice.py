"""Whoever agreed to something under another notice than the one on record is found by its change"""

from alembic import op

revision = "0093"
down_revision = "0092"
branch_labels = None
depends_on = None

# As domain/consent/renewal.py has kept it since with every answer: also of those who left the
# welcome half way, and not of those who are asked anew already.
THEIR_OWN_NOTICE = """
WITH said AS (
    SELECT DISTINCT ON (returnee_id, purpose) returnee_id, granted, notice_version, given_at
    FROM consent WHERE purpose IN ('check-ins', 'caseworker', 'answers', 'voice')
    ORDER BY returnee_id, purpose, given_at DESC
), agreed AS (
    SELECT DISTINCT ON (returnee_id) returnee_id, notice_version
    FROM said WHERE granted ORDER BY returnee_id, given_at
)
UPDATE returnee SET notice_version = agreed.notice_version FROM agreed
WHERE returnee.id = agreed.returnee_id
    AND returnee.notice_version IS DISTINCT FROM agreed.notice_version
    AND NOT EXISTS (SELECT FROM renewal WHERE renewal.returnee_id = returnee.id)
"""


def upgrade() -> None:
    op.execute(THEIR_OWN_NOTICE)


def downgrade() -> None:
    """To an older release it is the notice that they read."""
