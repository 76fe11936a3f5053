"""Which edition of a form is asked in place of an older one"""

import sqlalchemy as sa
from alembic import op

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("questionnaire_use", sa.Column("asked_instead", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("questionnaire_use", "asked_instead")
