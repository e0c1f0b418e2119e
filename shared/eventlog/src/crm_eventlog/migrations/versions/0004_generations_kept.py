"""What a served generation consists of and was built from, and which one before it is kept for the way back."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("generations", sa.Column("tables", sa.Text, nullable=False, server_default=""))
    op.add_column("generations", sa.Column("source", sa.Text, nullable=False, server_default="log"))
    op.add_column("generations", sa.Column("kept", sa.Integer))
