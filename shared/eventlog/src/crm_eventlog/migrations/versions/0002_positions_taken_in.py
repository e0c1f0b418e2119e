"""The publisher's position in checkpoints, so that a redelivered record is not processed again."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("checkpoints", sa.Column("pos", sa.BigInteger, nullable=False, server_default="0"))
