"""Exit codes, and how the CLI reports errors."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any


class ExitCode(IntEnum):
    """The exit codes of `crm`; a mistake on the command line also ends with 2."""

    DONE = 0
    FAILED = 1
    UNCLEAR = 2
    IN_PART = 3
    NOTHING_RUNS = 4
    INTERRUPTED = 130


class CliError(Exception):
    """An error that ends a command: the reason and the remedy in one message, `details` for programs."""

    code = ExitCode.FAILED

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.details = details


@contextmanager
def report_errors(*, as_json: bool) -> Iterator[None]:
    """End the command with the code of a `CliError` or of Ctrl-C, and write the reason to the error output."""
    try:
        yield
    except CliError as error:
        for_program = json.dumps({"error": str(error), **error.details}, ensure_ascii=False)
        sys.stderr.write(f"{for_program if as_json else error}\n")
        raise SystemExit(error.code) from None
    except KeyboardInterrupt:
        raise SystemExit(ExitCode.INTERRUPTED) from None
