"""What people see of contacts: the customer card, the search, and the organisation tree."""

from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

# Compared letter by letter in both databases: SQLite does so of itself, PostgreSQL in the collation C.
Letters = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
