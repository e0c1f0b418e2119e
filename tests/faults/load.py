"""Customers who complain, are answered and settled; whoever gets no answer asks again with the same key."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import httpx

from tests.faults.checks import Answer

# A way to give a command: its name in snake case, what it says, its key; raises NoAnswer while nobody answers.
Ask = Callable[[str, dict[str, Any], str], Answer]
# How many facts each command makes.
FACTS = {"file_complaint": 2, "answer_case": 1, "resolve_case": 1}
SAID_BY = {"Crm-Actor": "lin.mei", "Crm-Role": "clerk", "Crm-Unit": "tianhe", "Crm-Channel": "store"}
DEADLINE = 240
_BEFORE_IT_WAS_OPENED = "urn:crm:problem:resolved-before-it-was-opened"
_PAUSE = 0.05


class NoAnswer(Exception):
    """No answer, or an error of the server's own: the command may have been executed or not."""

    def __init__(self, status: int = 0, content: str = "") -> None:
        super().__init__(status, content)
        self.status, self.content = status, content


class OutOfTime(Exception):
    """A rule about time refused it: the clock that it was given under is behind the one of what it is about."""


class GivenUp(Exception):
    """The story has ended before there was an answer."""


@contextmanager
def over_http(url: str, *, outages: bool = False, wrong_clocks: bool = False) -> Iterator[Ask]:
    """Ask the service at this address; while its database has `outages`, an answer of 500 and more is none.

    With `wrong_clocks` a rule about time may refuse a command.
    """

    def ask(name: str, content: dict[str, Any], key: str) -> Answer:
        body = {word: str(value) for word, value in content.items()}
        try:
            answer = client.post(f"/commands/{name.replace('_', '-')}", json=body, headers={"Idempotency-Key": key})
        except httpx.TransportError as error:
            raise NoAnswer from error
        if outages and answer.status_code >= 500:
            raise NoAnswer(answer.status_code, answer.headers.get("content-type", ""))
        if wrong_clocks and answer.status_code == 422 and answer.json()["type"] == _BEFORE_IT_WAS_OPENED:
            raise OutOfTime
        assert answer.status_code in (200, 201), answer.text
        done = answer.json()
        return Answer(key, UUID(done["id"]), done["version"], done["position"])

    with httpx.Client(base_url=url, headers=SAID_BY, timeout=30) as client:
        yield ask


@dataclass
class Load:
    """The commands so far and their answers; every customer pauses so many seconds between complaints."""

    ask: Ask
    pause: float = 0.0
    asked: dict[str, int] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    # How often the server said what of itself: status and media type; 0 where nobody spoke.
    refusals: Counter[tuple[int, str]] = field(default_factory=Counter)
    enough: threading.Event = field(default_factory=threading.Event)
    abandoned: threading.Event = field(default_factory=threading.Event)
    working: list[Future[None]] = field(default_factory=list)

    def customer(self, number: int) -> None:
        """File one customer's complaints, one after another, until there are enough of them."""
        turn = 0
        while not self.enough.wait(self.pause):
            with suppress(OutOfTime):
                self.complain(number, turn)
            turn += 1

    def complain(self, number: int, turn: int) -> None:
        """File one complaint, and go on until it is settled."""
        complaint = {
            "customer_id": customer_id(number),
            "channel": "web",
            "subject": f"flickers {turn}",
            "text": "Why?",
        }
        filed = self.give("file_complaint", complaint, f"{number}/{turn}/file")
        self.give("answer_case", {"case_id": filed.id, "answer": "We look."}, f"{number}/{turn}/answer")
        self.give("resolve_case", {"case_id": filed.id, "resolution": "Mended."}, f"{number}/{turn}/resolve")

    def give(self, name: str, content: dict[str, Any], key: str) -> Answer:
        """Ask until there is an answer."""
        self.asked[key] = FACTS[name]
        until = monotonic() + DEADLINE
        while True:
            try:
                answer = self.ask(name, content, key)
            except OutOfTime:
                # Refused is not given: whatever the store holds of it is too much.
                del self.asked[key]
                raise
            except NoAnswer as none:
                self.refusals[none.status, none.content] += 1
                if monotonic() > until or self.abandoned.wait(_PAUSE):
                    raise GivenUp(key) from none
            else:
                self.answers.append(answer)
                return answer

    def done(self) -> bool:
        """Tell if everybody has got the last answer; raise the error of one of them."""
        for each in self.working:
            if each.done():
                each.result()
        return all(each.done() for each in self.working)


def customer_id(number: int) -> UUID:
    """Return an id that is the same in every run."""
    return uuid5(NAMESPACE_URL, f"customer/{number}")


@contextmanager
def load(ask: Ask, *, customers: int, pause: float = 0.0) -> Iterator[Load]:
    """Let so many customers ask at once, until there are `enough` complaints or the block ends.

    A block that fails waits for nobody's answer.
    """
    made = Load(ask, pause)
    with ThreadPoolExecutor(customers) as threads:
        made.working = [threads.submit(made.customer, number) for number in range(customers)]
        try:
            yield made
        except BaseException:
            made.abandoned.set()
            raise
        finally:
            made.enough.set()
