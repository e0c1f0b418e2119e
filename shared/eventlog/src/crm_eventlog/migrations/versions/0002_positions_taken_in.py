"""Readers remember the publisher's position, so that what a relay sent again is not taken in again."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("checkpoints", sa.Column("pos", sa.BigInteger, nullable=False, server_default="0"))
