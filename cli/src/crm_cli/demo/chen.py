"""The story of Ms Chen: a mail, a phone, a flickering screen, and nobody is caught off guard."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from crm_cli.client import CrmClient, Touchpoint

STORIES = UUID("6f2b8a54-51a1-4f0c-8f6e-0e6d2f6b9a10")
PHONE = {"amount": "4999.00", "currency": "CNY"}
NO_REMEDY = "没有办法，需等待固件 2.1 / No remedy until firmware 2.1"

WEB = Touchpoint(actor="web-shop", role="system", unit="CN-WEB", channel="web")
HOTLINE = Touchpoint(actor="周敏", role="agent", unit="CN-HOTLINE", channel="call_centre")
TIANHE = Touchpoint(actor="李娜", role="clerk", unit="GZ-TIANHE", channel="store")
YUEXIU = Touchpoint(actor="何强", role="clerk", unit="GZ-YUEXIU", channel="store")
WORKSHOP = Touchpoint(actor="吴工", role="technician", unit="GZ-SERVICE", channel="service_centre")
PLANNER = Touchpoint(actor="苏婷", role="marketer", unit="CN-HQ", channel="mail")
APPROVER = Touchpoint(actor="郑岚", role="manager", unit="CN-HQ", channel="mail")

UNITS: tuple[tuple[str, str, str, str, str | None, str], ...] = (
    ("CN-HQ", "Headquarters", "总部", "headquarters", None, "广州"),
    ("GZ", "Guangzhou branch", "广州分公司", "branch", "CN-HQ", "广州"),
    ("GZ-TIANHE", "Tianhe store", "天河店", "store", "GZ", "广州"),
    ("GZ-YUEXIU", "Yuexiu store", "越秀店", "store", "GZ", "广州"),
    ("GZ-SERVICE", "Guangzhou service centre", "广州服务中心", "office", "GZ", "广州"),
    ("CN-HOTLINE", "Hotline", "客服热线", "office", "CN-HQ", "广州"),
    ("CN-WEB", "Web shop", "网上商城", "office", "CN-HQ", "广州"),
)


def next_third_of_december(day: date) -> date:
    """Return the 3 December that follows this day."""
    this_year = date(day.year, 12, 3)
    return this_year if this_year > day else date(day.year + 1, 12, 3)


async def open_units(client: CrmClient, *, at: datetime) -> None:
    """Open headquarters, branch, two stores, a service centre, the hotline and the web shop; safe to repeat."""
    for code, en, zh, kind, parent, city in UNITS:
        body = {"code": code, "name": {"en": en, "zh": zh}, "kind": kind, "parent_code": parent, "city": city}
        if kind == "store":
            body["store_kind"] = "street"
        await client.ask("contacts", "open-unit", body, by=PLANNER, at=at, key=f"unit/{code}")


@dataclass(frozen=True, kw_only=True)
class Names:
    """The names that tell one run of the story from another."""

    run: str
    first_code: str
    second_code: str
    card: str


class ChenStory:
    """The story, played against running services over HTTP; every command has a key, so it may be played again.

    `now` is when the story ends; it begins two weeks before. `announce` gets each step in one sentence, `pass_time`
    what time it is in the story, for services whose clock can be moved.
    """

    def __init__(
        self,
        client: CrmClient,
        names: Names,
        *,
        now: datetime,
        announce: Callable[[str], None] = lambda _: None,
        pass_time: Callable[[datetime], None] = lambda _: None,
    ) -> None:
        self._client, self._names, self._announce, self._pass_time = client, names, announce, pass_time
        self._begin = (now - timedelta(days=14)).replace(hour=1, minute=0, second=0, microsecond=0)
        self.customer_id = uuid5(STORIES, names.run)
        self.order_id = uuid5(self.customer_id, "order")
        self.question_id = uuid5(self.customer_id, "question")
        self.complaint_id = uuid5(self.customer_id, "complaint")

    @property
    def walks_in_at(self) -> datetime:
        """Return the time at which she stands in the store, and the clerk looks."""
        return self._at(10)

    async def play(self) -> None:
        """Play from the first mail to the last redemption."""
        self._pass_time(self._at(0))
        await open_units(self._client, at=self._at(0))
        await self.get_to_know_her()
        await self.mail_about_a_phone()
        await self.look_on_the_web_and_call()
        await self.buy_in_tianhe()
        await self.ask_online()
        await self.complain_on_the_hotline()
        await self.walk_into_the_store()
        await self.leave_her_out_of_the_campaign()
        await self.repair()
        await self.visit_and_rate()
        await self.redeem_in_yuexiu()

    async def get_to_know_her(self) -> None:
        """Register her, with her consent to mails, and ask whether she wants news."""
        self._announce("Ms Chen registers on the web and allows us to write to her")
        about = {
            "customer_id": str(self.customer_id),
            "name": "陈丽",
            "form_of_address": "女士",
            "phones": ["138 0013 8000"],
            "emails": ["chen.li@example.com"],
            "addresses": [{"city": "广州", "region": "广东", "street": "天河路 1 号"}],
            "birthday": "1990-05-17",
        }
        await self._ask("contacts", "register-customer", about, WEB, day=0, hour=1)
        consent = {"channel": "email", "text_shown": "我同意接收新品邮件。", "language": "zh"}
        await self._of_her("contacts", "give-consent", consent, WEB, day=0, hour=2)
        await self._client.wait_for_event("marketing", self.customer_id, "ConsentGiven")

    async def mail_about_a_phone(self) -> None:
        """Write to her in a campaign."""
        self._announce("a campaign sends her a mail about a new phone")
        await self._campaign(self._names.first_code, "X2 上市 / X2 launch", day=1)
        await self._client.wait_for_event("marketing", self.customer_id, "MessageAccepted")

    async def look_on_the_web_and_call(self) -> None:
        """Let her look on the web, which makes a lead, and call to ask for the price."""
        self._announce("she looks on the web (a lead), then calls to ask for the price (a touch)")
        lead = {
            "lead_id": str(uuid5(self.customer_id, "lead")),
            "source": "web",
            "keyword": "X2 手机",
            "campaign_code": self._names.first_code,
            "interest": "X2 phone: price, screen, after-sales service",
            "city": "guangzhou",
        }
        await self._of_her("sales", "capture-lead", lead, WEB, day=2)
        touch = {
            "channel": "call_centre",
            "place": "CN-HOTLINE",
            "direction": "in",
            "subject": "Asks for the price of the X2 / 询问 X2 价格",
            "learned": "Wants it before the holiday / 希望节前拿到",
        }
        await self._of_her("contacts", "record-touch", touch, HOTLINE, day=2, hour=5)

    async def buy_in_tianhe(self) -> None:
        """Let her buy in the Tianhe store, become a member and earn points."""
        self._announce("she buys the phone in the Tianhe store, becomes a member and earns points")
        opportunity_id = uuid5(self.customer_id, "opportunity")
        converted = {
            "lead_id": str(uuid5(self.customer_id, "lead")),
            "opportunity_id": str(opportunity_id),
            "title": "X2 手机",
            "expected": PHONE,
        }
        await self._ask("sales", "convert-lead", converted, TIANHE, day=3)
        await self._of_her("loyalty", "enrol", {"card_number": self._names.card}, TIANHE, day=3, hour=1)
        order = {
            "order_id": str(self.order_id),
            "lines": [{"sku": "X2-256-BLK", "name": "X2 手机 256 GB", "unit_price": PHONE, "assistant": "li.na"}],
            "channel": "store",
            "unit": TIANHE.unit,
            "opportunity_id": str(opportunity_id),
            "campaign_code": self._names.first_code,
        }
        await self._of_her("sales", "place-order", order, TIANHE, day=3, hour=2)
        payment = {"order_id": str(self.order_id), "amount": PHONE, "means": "mobile"}
        await self._ask("sales", "take-payment", payment, TIANHE, day=3, hour=3)
        await self._client.wait_for_event("loyalty", self.customer_id, "PointsEarned")

    async def ask_online(self) -> None:
        """Let her ask why the screen flickers, and tell her why there is no remedy for now."""
        self._announce(
            "she asks online why the screen flickers; there is no remedy until firmware 2.1, and she is told so"
        )
        question = {
            "case_id": str(self.question_id),
            "channel": "web",
            "subject": "屏幕闪烁 / The screen flickers",
            "text": "为什么屏幕在暗处闪烁？ Why does the screen flicker in the dark?",
            "order_id": str(self.order_id),
        }
        await self._of_her("support", "ask-question", question, WEB, day=6)
        reason = {
            "case_id": str(self.question_id),
            "reason": NO_REMEDY,
            "expected_on": next_third_of_december(self._at(7).date()).isoformat(),
        }
        await self._ask("support", "declare-case-unresolvable", reason, HOTLINE, day=7)

    async def complain_on_the_hotline(self) -> None:
        """Let her complain; nobody resolves the complaint in time, so its deadline escalates it."""
        self._announce("she complains on the hotline; nobody settles it within a day, so its deadline escalates it")
        complaint = {
            "case_id": str(self.complaint_id),
            "channel": "call_centre",
            "subject": "屏幕闪烁，无人解决 / Screen flickers, nobody helps",
            "text": "Two weeks old and it flickers every evening.",
            "severity": "high",
            "order_id": str(self.order_id),
        }
        await self._of_her("support", "file-complaint", complaint, HOTLINE, day=8)
        self._pass_time(self._at(9, hour=1))
        await self._client.wait_for_event("support", self.customer_id, "CaseEscalated")

    async def walk_into_the_store(self) -> None:
        """Let her walk into the store, where the clerk sees everything before saying a word."""
        self._announce("she walks into the Tianhe store; the clerk sees the question, the reason and the complaint")
        await self._client.wait_for_event("sales", self.customer_id, "CaseEscalated")
        touch = {
            "channel": "store",
            "place": TIANHE.unit,
            "direction": "in",
            "subject": "Shows the flickering screen / 展示闪烁的屏幕",
        }
        await self._of_her("contacts", "record-touch", touch, TIANHE, day=10)

    async def leave_her_out_of_the_campaign(self) -> None:
        """Leave her out of the week's campaign, because her complaint is open."""
        self._announce("the campaign of that week leaves her out, and says why")
        await self._client.wait_for_event("marketing", self.customer_id, "ComplaintFiled")
        await self._campaign(self._names.second_code, "配件周 / Accessory week", day=10)
        await self._client.wait_for_event("marketing", self.customer_id, "CustomerLeftOut")

    async def repair(self) -> None:
        """Repair the phone three days after she complained, and thank her for her patience."""
        self._announce("the service centre repairs the phone after three days; she gets goodwill points")
        resolution = {"resolution": "更换屏幕，升级固件 / Screen replaced, firmware updated"}
        complaint = {"case_id": str(self.complaint_id), **resolution}
        await self._ask("support", "resolve-case", complaint, WORKSHOP, day=11, hour=2)
        question = {"case_id": str(self.question_id), **resolution}
        await self._ask("support", "resolve-case", question, WORKSHOP, day=11, hour=3)
        await self._client.wait_for_event("loyalty", self.customer_id, "PointsEarned", count=2)

    async def visit_and_rate(self) -> None:
        """Complete the visit that was due three days after the sale, and let her rate it."""
        self._announce("the three-day visit is done and she rates it")
        visits = await self._client.wait_for_event("support", self.customer_id, "VisitFellDue")
        visit_id = next(entry["stream"] for entry in visits if entry["data"]["rule"] == "three_days")
        outcome = {"visit_id": visit_id, "outcome": "Content with the repair / 对维修满意"}
        await self._ask("support", "do-visit", outcome, HOTLINE, day=12)
        rating = {"subject_kind": "visit", "subject_id": visit_id, "expectation": 3, "experience": 5}
        await self._ask("support", "rate-service", rating, HOTLINE, day=12, hour=1)

    async def redeem_in_yuexiu(self) -> None:
        """Let her spend points in another store."""
        self._announce("she redeems points in the Yuexiu store")
        redemption = {"points": 500, "purpose": "手机壳 / phone case"}
        await self._of_her("loyalty", "redeem-points", redemption, YUEXIU, day=13)

    async def _campaign(self, code: str, name: str, *, day: int) -> None:
        """Plan, submit and launch a campaign that somebody else approves."""
        today = self._at(day).date()
        plan: dict[str, Any] = {
            "code": code,
            "name": name,
            "starts_on": today.isoformat(),
            "ends_on": (today + timedelta(days=6)).isoformat(),
            "budget": {"amount": "30000.00", "currency": "CNY"},
            "subject": {"en": f"{{name}}, {name}", "zh": f"{{name}}，{name}"},
            "body": {"en": "Dear {name}, come and see it.", "zh": "{name}，您好！欢迎到店体验。"},
        }
        planned = await self._ask("marketing", "plan-campaign", plan, PLANNER, day=day)
        campaign = {"campaign_id": planned["id"]}
        await self._ask("marketing", "submit-campaign", campaign, PLANNER, day=day, hour=1)
        await self._ask("marketing", "approve-campaign", campaign, APPROVER, day=day, hour=2)
        await self._ask("marketing", "launch-campaign", campaign, PLANNER, day=day, hour=3)

    async def _of_her(
        self, service: str, command: str, body: dict[str, Any], by: Touchpoint, *, day: int, hour: int = 0
    ) -> None:
        await self._ask(service, command, {"customer_id": str(self.customer_id), **body}, by, day=day, hour=hour)

    async def _ask(
        self, service: str, command: str, body: dict[str, Any], by: Touchpoint, *, day: int, hour: int = 0
    ) -> dict[str, Any]:
        # The key names the step, so that a second telling of the same run is the first one again.
        self._pass_time(self._at(day, hour))
        key = f"{self._names.run}/{command}/{day}/{hour}"
        correlation = f"chen-{self.customer_id}"
        return await self._client.ask(
            service, command, body, by=by, at=self._at(day, hour), key=key, correlation=correlation
        )

    def _at(self, day: int, hour: int = 0) -> datetime:
        return self._begin + timedelta(days=day, hours=hour)
