"""Which replica is about to send a mail to a partner, so that another does when it is dead"""

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mail_link", sa.Column("taker", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("mail_link", "taker")
