"""Field types of sales' commands."""

from decimal import Decimal
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from crm_eventlog.command import CommandPart
from crm_kernel import Money

Code = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=4000)]


class Amount(CommandPart):
    """An exact amount in one currency; its digits travel as text, never as a float."""

    model_config = ConfigDict(str_strip_whitespace=False)

    amount: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,14}(\.[0-9]{1,4})?$")] = Field(examples=["4999.00"])
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = Field(examples=["CNY"])

    def to_money(self, field: str) -> Money:
        """Return the amount as money; `field` is what an error names when its currency is not divided so finely."""
        return Money.of(Decimal(self.amount), self.currency, field=field)
