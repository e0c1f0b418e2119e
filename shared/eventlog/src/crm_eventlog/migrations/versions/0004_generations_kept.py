"""The tables and the source of a served generation, and the generation kept for a roll-back."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("generations", sa.Column("tables", sa.Text, nullable=False, server_default=""))
    op.add_column("generations", sa.Column("source", sa.Text, nullable=False, server_default="log"))
    op.add_column("generations", sa.Column("kept", sa.Integer))
