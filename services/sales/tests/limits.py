"""Limits of the commands of sales, and the fields that a command breaks them with."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

CODE, NAME, PROSE = 100, 200, 4000


def wrong(command: type[BaseModel], body: dict[str, Any]) -> list[str]:
    """Name the fields that make a command unacceptable; none when it is taken as it is."""
    try:
        command(**body)
    except ValidationError as refused:
        return [".".join(map(str, error["loc"])) for error in refused.errors()]
    return []


def wrong_texts(command: type[BaseModel], body: dict[str, Any], field: str, longest: int) -> Iterator[list[str]]:
    """Name the wrong fields for a text of one letter, the longest one, one too long, an empty one and a blank."""
    for text in ("x", "x" * longest, "x" * (longest + 1), "", " "):
        yield wrong(command, {**body, field: text})


def wrong_values(
    command: type[BaseModel], body: dict[str, Any], field: str, values: tuple[Any, ...]
) -> Iterator[list[str]]:
    """Name the wrong fields for each of these values; of a field within a list, the list alone."""
    for value in values:
        yield [each.partition(".")[0] for each in wrong(command, {**body, field: value})]
