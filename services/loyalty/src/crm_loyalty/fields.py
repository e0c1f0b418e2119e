"""Field types that several slices of loyalty use."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints


def normalise_number(number: str) -> str:
    """Return a card's number as it is kept: in capital letters, without spaces and hyphens."""
    return re.sub("[ -]", "", number).upper()


CardNumber = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9A-Za-z]([ \-]?[0-9A-Za-z]){3,31}$"),
    AfterValidator(normalise_number),
    Field(description="4 to 32 letters and digits; spaces and hyphens do not count.", examples=["6688 0001 2345"]),
]
