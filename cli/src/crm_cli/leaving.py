"""How a command ends: what its exit code means, and what is said when it cannot be carried out."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any


class Code(IntEnum):
    """The exit codes of `crm`; 2 is also what a mistake on the command line ends with."""

    DONE = 0
    FAILED = 1
    UNCLEAR = 2
    IN_PART = 3
    NOTHING_RUNS = 4
    INTERRUPTED = 130


class CannotBeDone(Exception):
    """Why a command cannot be carried out, and what to do about it, in one message; `details` are for programs."""

    code = Code.FAILED

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.details = details


@contextmanager
def reasons_told(*, as_json: bool) -> Iterator[None]:
    """What cannot be done, and Ctrl-C, end the command with their code; the reason goes to the error output."""
    try:
        yield
    except CannotBeDone as reason:
        for_program = json.dumps({"error": str(reason), **reason.details}, ensure_ascii=False)
        sys.stderr.write(f"{for_program if as_json else reason}\n")
        raise SystemExit(reason.code) from None
    except KeyboardInterrupt:
        raise SystemExit(Code.INTERRUPTED) from None
