"""A stub of contacts over HTTP, silent or refusing as a test orders, on a clock that leaps."""

import asyncio
import json
import selectors
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import httpx

from crm_cli.client import CrmClient

OF_BEFORE = "2026-01-02T03:04:05+00:00"
Answer = TypeVar("Answer")
Problem = tuple[int, dict[str, Any]]
Judge = Callable[[list[int]], Problem | None]


class LeapingLoop(asyncio.SelectorEventLoop):
    """An event loop in which every pause is over at once, and its clock says that it took its time."""

    def __init__(self) -> None:
        selector = selectors.DefaultSelector()
        super().__init__(selector)
        self._leapt, looked = 0.0, selector.select

        def leap(timeout: float | None = None) -> Any:
            self._leapt += max(0.0, timeout or 0.0)
            return looked(0)

        selector.select = leap  # type: ignore[method-assign]

    def time(self) -> float:
        """Return the seconds of all the pauses so far."""
        return self._leapt


def run_leaping(story: Coroutine[Any, Any, Answer]) -> Answer:
    """Run on a clock that leaps."""
    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        return runner.run(story)


@dataclass(frozen=True)
class Request:
    """A request: its time, its customers and its headers."""

    at: float
    numbers: list[int]
    headers: dict[str, str]


class Contacts:
    """A stub that registers customers once its `troubles` are over; `judge` may refuse a batch."""

    def __init__(self, judge: Judge = lambda numbers: None) -> None:
        self.judge = judge
        self.registered: dict[int, str] = {}
        self.commands: list[Request] = []
        self.looks: list[Request] = []
        self.troubles: list[str | Problem] = []
        self.troubles_of_looks: list[str | Problem] = []
        self.blind_looks = 0
        self._answers: dict[str, str] = {}

    def client(self) -> CrmClient:
        """Return a client that asks this stub."""
        client = CrmClient({"contacts": "http://contacts"})
        inside = httpx.MockTransport(self._answer)
        client.clients["contacts"] = httpx.AsyncClient(transport=inside, base_url="http://contacts")
        return client

    def _answer(self, request: httpx.Request) -> httpx.Response:
        now, headers = asyncio.get_running_loop().time(), dict(request.headers)
        if request.url.path == "/commands/register-customers":
            numbers = [UUID(each["customer_id"]).int for each in json.loads(request.content)["customers"]]
            self.commands.append(Request(now, numbers, headers))
            return self._trouble(self.troubles, numbers, headers) or self._register(numbers, headers)
        assert (request.method, request.url.path) == ("GET", "/customers/by-ids")
        numbers = [UUID(each).int for each in request.url.params.get_list("id")]
        self.looks.append(Request(now, numbers, headers))
        return self._trouble(self.troubles_of_looks, numbers, headers) or self._cards(numbers)

    def _trouble(self, troubles: list[str | Problem], numbers: list[int], headers: dict[str, str]) -> Any:
        if not troubles:
            return None
        match troubles.pop(0):
            case "silence":
                raise httpx.ConnectError("nobody there")
            case "answer lost":
                self._register(numbers, headers)
                raise httpx.ReadTimeout("too late")
            case "busy afterwards":
                self._register(numbers, headers)
                return httpx.Response(503, json={})
            case "works":
                return None
            case (status, problem):
                return httpx.Response(status, json=problem)

    def _register(self, numbers: list[int], headers: dict[str, str]) -> httpx.Response:
        if refused := self.judge(numbers):
            return httpx.Response(refused[0], json=refused[1])
        key, repeated = headers["idempotency-key"], headers["idempotency-key"] in self._answers
        if not repeated:
            new = [each for each in numbers if each not in self.registered]
            self.registered |= dict.fromkeys(new, headers["crm-occurred-at"])
            self._answers[key] = f"0:{len(self._answers) + 1}" if new else ""
        return httpx.Response(200, json={"position": self._answers[key], "repeated": repeated})

    def _cards(self, numbers: list[int]) -> httpx.Response:
        self.blind_looks -= 1
        seen = [each for each in numbers if each in self.registered and self.blind_looks < 0]
        cards = [{"customer_id": str(UUID(int=each)), "registered_at": self.registered[each]} for each in seen]
        return httpx.Response(200, json=cards)


def refusing(*numbers: int, of_rows: Sequence[str] = ("name",), status: int = 422) -> Judge:
    """Refuse these customers by their place in the batch, for these fields of each."""

    def judge(batch: list[int]) -> Problem | None:
        errors = [
            {"field": f"customers.{place}.{field}".rstrip("."), "value": None if field == "name" else number,
             "rule": f"Not {number}.", "hint": "Ask."}
            for place, number in enumerate(batch)
            if number in numbers
            for field in of_rows
        ]  # fmt: skip
        return (status, {"title": "Refused", "errors": errors}) if errors else None

    return judge


def refusing_in_general(*numbers: int, status: int = 422, **problem: Any) -> Judge:
    """Refuse every batch that holds one of these customers, without a word about which."""
    return lambda batch: (status, problem) if set(batch) & set(numbers) else None


def occurred_at(request: Request) -> datetime:
    """Return the time at which a command says that it happened."""
    return datetime.fromisoformat(request.headers["crm-occurred-at"])
