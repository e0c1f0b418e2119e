"""Field types that several slices of support use."""

from typing import Annotated

from pydantic import StringConstraints

Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
