"""Customers who complain, are answered and settled; whoever gets no answer asks again with the same key."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import httpx

from crm_chassis.testing import SAID_BY, circumstances
from crm_support import commands
from crm_support.application import SupportApplication
from tests.faults.checks import Answer

# A way to give a command: its name in snake case, what it says, its key; raises NoAnswer while nobody answers.
Ask = Callable[[str, dict[str, Any], str], Answer]
# How many facts each command makes.
FACTS = {"file_complaint": 2, "answer_case": 1, "resolve_case": 1}
DEADLINE = 240
_PAUSE = 0.05
_NEVER = threading.Event()


class NoAnswer(Exception):
    """Nobody answered: it may have been done or not."""


@contextmanager
def over_http(url: str, *, outages: bool = False) -> Iterator[Ask]:
    """Ask the service at this address; while its database has `outages`, an answer of 500 is none."""

    def ask(name: str, content: dict[str, Any], key: str) -> Answer:
        body = {word: str(value) for word, value in content.items()}
        try:
            answer = client.post(f"/commands/{name.replace('_', '-')}", json=body, headers={"Idempotency-Key": key})
        except httpx.TransportError as error:
            raise NoAnswer from error
        if outages and answer.status_code >= 500:
            raise NoAnswer
        assert answer.status_code in (200, 201), answer.text
        done = answer.json()
        return Answer(key, UUID(done["id"]), done["version"], done["position"])

    with httpx.Client(base_url=url, headers=SAID_BY, timeout=30) as client:
        yield ask


def in_this_process(application: SupportApplication) -> Ask:
    """Ask the application itself."""
    kinds = {"file_complaint": commands.FileComplaint, "answer_case": commands.AnswerCase}
    kinds |= {"resolve_case": commands.ResolveCase}

    def ask(name: str, content: dict[str, Any], key: str) -> Answer:
        command = kinds[name](**content)
        done = application.perform(getattr(application, name), command, circumstances(command_id=key))
        return Answer(key, done.id, done.version, done.position)

    return ask


@dataclass
class Load:
    """What was asked so far, and what was answered."""

    ask: Ask
    may_go_on: Callable[[], bool]
    asked: dict[str, int] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    enough: threading.Event = field(default_factory=threading.Event)
    working: list[Future[None]] = field(default_factory=list)

    def customer(self, number: int, complaints: int) -> None:
        """One customer's complaints, one after another, until there are enough of them."""
        customer_id = uuid5(NAMESPACE_URL, f"customer/{number}")
        for turn in range(complaints):
            while not (self.enough.is_set() or self.may_go_on()):
                self.enough.wait(_PAUSE)
            if self.enough.is_set():
                return
            said = {"customer_id": customer_id, "channel": "web", "subject": f"flickers {turn}", "text": "Why?"}
            filed = self.give("file_complaint", said, f"{number}/{turn}/file")
            self.give("answer_case", {"case_id": filed.id, "answer": "We look."}, f"{number}/{turn}/answer")
            self.give("resolve_case", {"case_id": filed.id, "resolution": "Mended."}, f"{number}/{turn}/resolve")

    def give(self, name: str, content: dict[str, Any], key: str) -> Answer:
        """Ask until there is an answer."""
        self.asked[key] = FACTS[name]
        tries = 0
        while True:
            try:
                answer = self.ask(name, content, key)
            except NoAnswer:
                tries += 1
                assert tries < DEADLINE / _PAUSE, f"nobody answers {key}"
                _NEVER.wait(_PAUSE)
            else:
                self.answers.append(answer)
                return answer

    def done(self) -> bool:
        """Whether everybody has got the last answer; raises what went wrong with one of them."""
        for each in self.working:
            if each.done():
                each.result()
        return all(each.done() for each in self.working)


@contextmanager
def load(
    ask: Ask, *, customers: int, complaints: int = 10_000, may_go_on: Callable[[], bool] = lambda: True
) -> Iterator[Load]:
    """So many customers at once, each with so many complaints at most; none is begun while it may not go on.

    When there are `enough`, or at the end of the block, nobody begins another.
    """
    made = Load(ask, may_go_on)
    with ThreadPoolExecutor(customers) as threads:
        made.working = [threads.submit(made.customer, number, complaints) for number in range(customers)]
        try:
            yield made
        finally:
            made.enough.set()
