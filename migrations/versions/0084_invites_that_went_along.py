"""Whom a referral brought before the giver's invite went along is asked check-ins, too"""

from alembic import op

revision = "0084"
down_revision = "0083"
branch_labels = None
depends_on = None

# As domain/referrals/receiving.py has done it since: with their own yes, from what the giver had
# when the partner accepted. Of those who were handed on once more, from the first who gave them.
GO_ALONG = """
WITH RECURSIVE brought (gives, gets) AS (
    SELECT g.id, e.id FROM referral r
    JOIN enrolment g ON g.returnee_id = r.returnee_id AND g.organisation_id = r.organisation_id
        AND g.from_at <= r.answered_at AND (g.until_at IS NULL OR g.until_at >= r.answered_at)
    JOIN enrolment e ON e.returnee_id = r.returnee_id AND e.organisation_id = r.partner_id
        AND e.from_at <= r.answered_at AND (e.until_at IS NULL OR e.until_at >= r.answered_at)
    WHERE r.state IN ('accepted', 'handed-over') AND NOT r.vital AND e.invite_id IS NULL
), came (id, invite_id) AS (
    SELECT b.gets, g.invite_id FROM brought b JOIN enrolment g ON g.id = b.gives
    WHERE g.invite_id IS NOT NULL
    UNION
    SELECT b.gets, came.invite_id FROM brought b JOIN came ON came.id = b.gives
)
UPDATE enrolment SET invite_id = came.invite_id FROM came
WHERE enrolment.id = came.id AND enrolment.until_at IS NULL
"""


def upgrade() -> None:
    op.execute(GO_ALONG)


def downgrade() -> None:
    """An older release reads it as of those whom a referral brings now."""
