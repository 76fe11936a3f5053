"""With which browser a passkey was made, so that its owner removes that of the lost device"""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("passkey", sa.Column("browser", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("passkey", "browser")
