"""Money in read models: whole minor units with the number of decimals, so that every database adds exactly.

SQLite has no exact decimal column and text cannot be summed; integers are exact on SQLite and PostgreSQL alike.
"""

from decimal import Decimal

from crm_events.values import Money


def decimals(money: Money) -> int:
    """Return the number of decimals that the amount is written with, which are those of its currency."""
    return -int(money.amount.as_tuple().exponent)


def minor(money: Money) -> int:
    """Return the amount in minor units: 499900 for 4999.00 CNY, 5000 for 5000 JPY."""
    return int(money.amount.scaleb(decimals(money)))


def money(minor: int, decimals: int, currency: str) -> Money:
    """Return the amount as it was written before."""
    return Money(amount=Decimal(minor).scaleb(-decimals), currency=currency)
