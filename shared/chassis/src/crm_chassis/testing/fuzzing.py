"""A fuzzer for routes: every answer matches the OpenAPI document, and none is a server error."""

from collections.abc import Collection
from contextlib import suppress
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS: list[Any] = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]


def fuzz(app: Any, *, examples: int = 20, without: Collection[str] = ()) -> list[str]:
    """Send valid and invalid requests to every operation of `app` except the paths in `without`.

    Return the labels of the operations. Raise with a reproducible request if an answer is a 5xx or is not documented.
    """
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    asked = []
    for found in schema.get_all_operations():
        if not isinstance(found, Ok):
            raise found.err()
        operation = found.ok()
        if operation.path not in without:
            _fuzz_one(operation, examples)
            asked.append(operation.label)
    return asked


def _fuzz_one(operation: Any, examples: int) -> None:
    for mode in GenerationMode.POSITIVE, GenerationMode.NEGATIVE:

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=examples,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        def ask(case: Case[Any]) -> None:
            case.call_and_validate(checks=CHECKS)

        with suppress(Unsatisfiable):  # an operation without parameters has no bad request
            ask()
