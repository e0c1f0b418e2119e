"""Field types of the commands of marketing."""

from typing import Annotated

from pydantic import StringConstraints

Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Rule = Annotated[str, StringConstraints(min_length=1, max_length=100)]
