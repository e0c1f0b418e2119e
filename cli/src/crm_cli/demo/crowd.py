"""A few hundred customers at once, in shuffled order, with some commands twice: the histories must still agree."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid5

from crm_cli.client import CrmClient, Touchpoint
from crm_cli.demo.chen import HOTLINE, STORIES, TIANHE, WEB, WORKSHOP, YUEXIU

# None of them is called Chen: whoever looks for 陈丽 after the demo finds the one of the story.
FAMILY_NAMES = "王李张刘曾杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN_NAMES = ("伟", "芳", "秀英", "娜", "敏", "静", "丽", "强", "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛")
TROUBLES = ("屏幕闪烁", "电池发热", "无法充电", "Delivery came late", "Wrong colour", "Speaker is silent")


@dataclass(frozen=True)
class Step:
    """A command of one customer."""

    service: str
    command: str
    body: dict[str, Any]
    by: Touchpoint
    at: datetime
    key: str


class Crowd:
    """A number of customers and their commands, decided by the seed alone."""

    def __init__(self, count: int, *, now: datetime, run: str, random: Random) -> None:
        self._now, self._random = now, random
        self.customers = [uuid5(STORIES, f"{run}/{number}") for number in range(count)]
        self._waves = self._planned()

    @property
    def expected(self) -> int:
        """Return the number of commands, repetitions included."""
        return sum(map(len, self._waves))

    async def act(self, client: CrmClient, *, at_once: int = 8, progress: Callable[[], None] = lambda: None) -> None:
        """Send the commands of all customers, many at once."""
        lock = asyncio.Semaphore(at_once)

        async def give(step: Step) -> None:
            async with lock:
                await client.ask(step.service, step.command, step.body, by=step.by, at=step.at, key=step.key)
            progress()

        for wave in self._waves:
            await asyncio.gather(*map(give, wave))

    def _planned(self) -> list[list[Step]]:
        """Return the n-th steps of all customers, shuffled; a fifth comes twice with one key, as in a slow network."""
        waves: dict[int, list[Step]] = defaultdict(list)
        for number, customer_id in enumerate(self.customers):
            for turn, step in enumerate(self._story(number, customer_id)):
                waves[turn] += [step, step] if self._random.random() < 0.2 else [step]
        for wave in waves.values():
            self._random.shuffle(wave)
        return [waves[turn] for turn in sorted(waves)]

    def _story(self, number: int, customer_id: UUID) -> Iterator[Step]:
        """Return the random steps of one customer, each after the one before."""
        random = self._random
        name = random.choice(FAMILY_NAMES) + random.choice(GIVEN_NAMES)
        start = self._now - timedelta(days=random.randint(5, 60), minutes=random.randint(0, 600))
        step = self._stepper(customer_id, start)
        mail = f"customer{number}.{customer_id.hex[:6]}@example.com"
        person = {"name": name, "emails": [mail], "addresses": [{"city": random.choice(["广州", "深圳", "佛山"])}]}
        yield step("contacts", "register-customer", person, WEB)
        yield step("loyalty", "enrol", {}, TIANHE)
        if random.random() < 0.7:
            yield self._order(step, customer_id)
        if random.random() < 0.5:
            yield self._touch(step)
        if random.random() < 0.6:
            yield from self._trouble(step, customer_id)

    def _stepper(self, customer_id: UUID, start: datetime) -> Callable[..., Step]:
        hours = iter(range(1, 1000))

        def step(service: str, command: str, body: dict[str, Any], by: Touchpoint, *, of_customer: bool = True) -> Step:
            hour = next(hours)
            whole = {"customer_id": str(customer_id), **body} if of_customer else body
            return Step(service, command, whole, by, start + timedelta(hours=hour), f"{customer_id}/{hour}")

        return step

    def _order(self, step: Callable[..., Step], customer_id: UUID) -> Step:
        price = {"amount": f"{self._random.randint(49, 4999)}.00", "currency": "CNY"}
        line = {"sku": f"SKU-{self._random.randint(1, 40)}", "name": "配件", "unit_price": price}
        by = self._random.choice([TIANHE, YUEXIU])
        order = {"order_id": str(uuid5(customer_id, "order")), "lines": [line], "channel": "store"}
        return step("sales", "place-order", order, by)

    def _touch(self, step: Callable[..., Step]) -> Step:
        touch = {
            "channel": "call_centre",
            "place": HOTLINE.unit,
            "direction": "in",
            "subject": "Asks for opening hours",
        }
        return step("contacts", "record-touch", touch, HOTLINE)

    def _trouble(self, step: Callable[..., Step], customer_id: UUID) -> Iterator[Step]:
        case_id = str(uuid5(customer_id, "case"))
        trouble = self._random.choice(TROUBLES)
        case = {"case_id": case_id, "channel": "web", "subject": trouble, "text": f"{trouble}?"}
        kind = self._random.choice(["ask-question", "file-complaint"])
        yield step("support", kind, case, WEB)
        settled = {"case_id": case_id, "resolution": "已处理 / settled"}
        refused = {"case_id": case_id, "reason": "等待配件 / waits for a part"}
        if self._random.random() < 0.5:
            yield step("support", "resolve-case", settled, WORKSHOP, of_customer=False)
        else:
            yield step("support", "declare-case-unresolvable", refused, HOTLINE, of_customer=False)
