"""What marketing sees of what happened, on both databases."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from crm_chassis.interleaving import interleavings, rows_after
from crm_chassis.testing import NOON, database, heard, topics_heard
from crm_eventlog.envelope import CloudEvent
from crm_events import contacts, marketing, sales, support
from crm_events.values import Channel, ConsentChannel, Language, LocalText, Money
from crm_marketing.read_models import (
    audience,
    campaigns,
    messages_of_campaign,
    open_cases_of_customers,
    sales_of_campaign,
)

MS_CHEN, MR_WU = UUID(int=7), UUID(int=8)
CAMPAIGN, CODE = UUID(int=21), "CM-2026-048"
COMPLAINT, QUESTION, PRAISE = UUID(int=31), UUID(int=32), UUID(int=33)
LEAD, OPPORTUNITY, ORDER = UUID(int=41), UUID(int=42), UUID(int=43)
MODELS = (
    audience.READ_MODEL,
    campaigns.READ_MODEL,
    messages_of_campaign.READ_MODEL,
    open_cases_of_customers.READ_MODEL,
    sales_of_campaign.READ_MODEL,
)
GUANGZHOU = contacts.Address(country="CN", region="广东", city="Guangzhou", street="天河路 208 号", postcode="510620")


def at(hours: int, event: Any, **said: Any) -> CloudEvent:
    """This event, so many hours after noon."""
    return heard(event, time=NOON + timedelta(hours=hours), sequence=hours + 1, **said)


def in_campaign(number: int) -> dict[str, Any]:
    """What every event about a customer's message says."""
    return {"customer_id": UUID(int=number), "campaign_id": CAMPAIGN, "campaign_code": CODE}


def about(number: int) -> dict[str, Any]:
    return {**in_campaign(number), "message_id": UUID(int=100 + number)}


def registered(number: int, **changes: Any) -> contacts.CustomerRegistered:
    known: dict[str, Any] = {
        "customer_id": UUID(int=number),
        "kind": contacts.CustomerKind.PERSON,
        "name": f"陈{number}",
        "form_of_address": "女士",
        "emails": (f"c{number}@example.com", "second@example.com"),
        "addresses": (GUANGZHOU,),
        "language": Language.ZH,
    }
    return contacts.CustomerRegistered(**{**known, **changes})


def consent(number: int) -> contacts.ConsentGiven:
    return contacts.ConsentGiven(
        customer_id=UUID(int=number), channel=ConsentChannel.EMAIL, text_shown="我同意", language=Language.ZH
    )


def withdrawn(number: int, channel: ConsentChannel = ConsentChannel.EMAIL) -> contacts.ConsentWithdrawn:
    return contacts.ConsentWithdrawn(customer_id=UUID(int=number), channel=channel, reason="too many")


def complaint(case_id: UUID = COMPLAINT) -> support.ComplaintFiled:
    return support.ComplaintFiled(
        customer_id=MS_CHEN,
        case_id=case_id,
        channel=Channel.CALL_CENTRE,
        subject="Screen",
        text="It flickers.",
        severity=support.Severity.HIGH,
    )


def lead(**changes: Any) -> sales.LeadCaptured:
    known = {"customer_id": MS_CHEN, "lead_id": LEAD, "source": "web", "campaign_code": CODE, "interest": "X2"}
    return sales.LeadCaptured(**{**known, **changes})


def order(order_id: UUID = ORDER, amount: str = "5098.00", **changes: Any) -> sales.OrderPlaced:
    total = Money(amount=Decimal(amount), currency="CNY")
    known = {"customer_id": MS_CHEN, "order_id": order_id, "lines": (), "total": total, "unit": "GZ-TIANHE"}
    return sales.OrderPlaced(**{**known, "channel": Channel.STORE, **changes})


def returned(refund: str) -> sales.OrderReturned:
    total = Money(amount=Decimal("5098.00"), currency="CNY")
    return sales.OrderReturned(
        customer_id=MS_CHEN, return_id=UUID(int=44), order_id=ORDER, lines=(), whole=False, order_total=total,
        refund=Money(amount=Decimal(refund), currency="CNY"), reason="wrong colour",
    )  # fmt: skip


CONVERTED = sales.LeadConverted(customer_id=MS_CHEN, lead_id=LEAD, opportunity_id=OPPORTUNITY)
OF_COMPLAINT = {"customer_id": MS_CHEN, "case_id": COMPLAINT, "kind": support.CaseKind.COMPLAINT}
RESOLVED = support.CaseResolved(**OF_COMPLAINT, resolution="Repaired", opened_at=NOON, waited=timedelta(days=3))
REOPENED = support.CaseReopened(**OF_COMPLAINT, reason="It flickers again")
PLANNED = marketing.CampaignPlanned(
    campaign_id=CAMPAIGN,
    code=CODE,
    name="X2 spring",
    starts_on=date(2026, 3, 1),
    ends_on=date(2026, 3, 7),
    budget=Money(amount=Decimal("30000.00"), currency="CNY"),
    audience=marketing.AudienceRule(consent_channel=ConsentChannel.EMAIL, languages=(Language.ZH,)),
    subject=LocalText(en="The new X2", zh="全新 X2"),
    body=LocalText(en="Come", zh="欢迎"),
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs_postgres)])
def db(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """A database with marketing's own tables; nothing has happened."""
    url = "sqlite://"
    if request.param == "postgresql":
        url = request.getfixturevalue("fresh_database")().replace("postgresql://", "postgresql+psycopg://")
    with database(*(table for model in MODELS for table in model.tables), url=url) as connection:
        yield connection


def tell(db: Connection, *events: CloudEvent) -> None:
    """Let every read model take in the events of its topics, in one batch."""
    for model in MODELS:
        model.project(topics_heard(model, events), db)


def names(db: Connection, **rule: Any) -> list[tuple[str, bool]]:
    """Whom a rule is for, and whether they consented."""
    return [(row.name, row.consented) for row in audience.matching(db, channel="email", limit=10, **rule)]


def message(db: Connection, number: int) -> Any:
    (row,) = messages_of_campaign.of_customer(db, UUID(int=number), limit=2)
    return row


def test_a_customer_is_known_by_the_first_address_of_each_kind(db: Connection) -> None:
    tell(db, at(0, registered(7)), at(1, consent(7)))

    known = audience.one(db, MS_CHEN, channel="email")

    assert known is not None
    assert (known.name, known.email, known.city) == ("陈7", "c7@example.com", "guangzhou")
    assert (known.importance, known.consented) == ("general", True)


def test_a_corrected_customer_is_known_by_the_correction(db: Connection) -> None:
    after = {
        "name": "陈晓雯",
        "emails": [],
        "language": "en",
        "addresses": [{**GUANGZHOU.model_dump(), "city": "北京"}],
    }
    correction = contacts.DetailsCorrected(customer_id=MS_CHEN, before={}, after=after, reason="told the clerk")
    tell(db, at(0, registered(7)), at(1, correction))

    known = audience.one(db, MS_CHEN, channel="email")

    assert known is not None
    assert (known.name, known.email, known.language, known.city) == ("陈晓雯", None, "en", "北京")


def test_a_correction_of_something_else_leaves_the_audience_as_it_was(db: Connection) -> None:
    correction = contacts.DetailsCorrected(customer_id=MS_CHEN, before={}, after={"phones": []}, reason="new phone")
    tell(db, at(0, registered(7)), at(1, correction))

    assert names(db) == [("陈7", False)]


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ({}, ["陈7", "陈8", "陈9"]),
        ({"languages": ["en"]}, ["陈8"]),
        ({"languages": ["en", "zh"]}, ["陈7", "陈8", "陈9"]),
        ({"importance": ["red"]}, ["陈9"]),
        ({"cities": ["GUANGZHOU", "深圳"]}, ["陈7", "陈8"]),
        ({"cities": ["北京"], "importance": ["red"]}, []),
    ],
)
def test_a_rule_restricts_only_by_what_it_names(db: Connection, rule: dict[str, Any], found: list[str]) -> None:
    red = contacts.ImportanceListing.RED
    listed = contacts.ImportanceListed(
        customer_id=UUID(int=9), listing=red, before=contacts.ImportanceListing.GENERAL, reason="key customer"
    )
    tell(db, at(0, registered(7)), at(0, registered(8, language=Language.EN)), at(0, registered(9, addresses=())))
    tell(db, at(1, listed))

    assert [name for name, _ in names(db, **rule)] == found


def test_pages_of_the_audience_go_on_after_the_last_customer(db: Connection) -> None:
    tell(db, *(at(0, registered(number)) for number in range(1, 6)))

    pages = [names(db, after=UUID(int=number) if number else None)[:2] for number in (0, 2, 4)]

    assert [[name for name, _ in page] for page in pages] == [["陈1", "陈2"], ["陈3", "陈4"], ["陈5"]]


@pytest.mark.parametrize(
    ("heard_in_order", "consented"),
    [
        ([(1, consent(7)), (2, withdrawn(7))], False),
        ([(1, withdrawn(7)), (2, consent(7))], True),
        ([(2, consent(7)), (1, withdrawn(7))], True),
        ([(2, withdrawn(7)), (1, consent(7))], False),
        ([(1, consent(7)), (2, withdrawn(7, ConsentChannel.SMS))], True),
    ],
)
def test_of_consents_the_one_that_happened_later_stands(
    db: Connection, heard_in_order: list[tuple[int, Any]], consented: bool
) -> None:
    tell(db, at(0, registered(7)), *(at(hours, event) for hours, event in heard_in_order))

    assert names(db) == [("陈7", consented)]


@pytest.mark.parametrize(
    ("happened", "is_open"),
    [
        ([complaint()], True),
        ([complaint(), support.CaseAnswered(**OF_COMPLAINT, answer="We look into it")], True),
        ([complaint(), support.CaseDeclaredUnresolvable(**OF_COMPLAINT, reason="Until firmware 2.1")], True),
        ([complaint(), RESOLVED], False),
        ([complaint(), RESOLVED, REOPENED], True),
        ([complaint(), RESOLVED, REOPENED, RESOLVED], False),
    ],
)
def test_a_complaint_is_open_until_it_is_resolved(db: Connection, happened: list[Any], is_open: bool) -> None:
    tell(db, *(at(hours, event) for hours, event in enumerate(happened)))

    assert open_cases_of_customers.complaints_of(db, [MS_CHEN]) == ({MS_CHEN: COMPLAINT} if is_open else {})


def test_neither_a_question_nor_praise_is_an_open_complaint(db: Connection) -> None:
    question = support.QuestionAsked(
        customer_id=MS_CHEN, case_id=QUESTION, channel=Channel.WEB, subject="Screen", text="Why?"
    )
    praised = support.CaseReopened(customer_id=MS_CHEN, case_id=PRAISE, kind=support.CaseKind.PRAISE, reason="more")
    tell(db, at(0, question), at(1, praised))

    shown = db.scalars(select(open_cases_of_customers.open_cases_of_customers.c.case_id)).all()

    assert open_cases_of_customers.complaints_of(db, [MS_CHEN, MR_WU]) == {}
    assert shown == [QUESTION]


def test_of_two_complaints_the_one_that_is_open_longest_is_named(db: Connection) -> None:
    tell(db, at(5, complaint(UUID(int=30))), at(2, complaint()), at(9, complaint(UUID(int=39))))

    assert open_cases_of_customers.complaints_of(db, [MS_CHEN]) == {MS_CHEN: COMPLAINT}


@pytest.mark.feature("M56")
def test_a_campaign_shows_its_dates_budget_audience_and_words(db: Connection) -> None:
    tell(db, at(0, PLANNED))

    plan = campaigns.one(db, CAMPAIGN)

    assert plan is not None
    assert (plan.code, plan.name, plan.starts_on, plan.ends_on) == (
        CODE,
        "X2 spring",
        date(2026, 3, 1),
        date(2026, 3, 7),
    )
    assert (plan.budget, plan.state) == ({"amount": "30000.00", "currency": "CNY"}, "planned")
    assert (plan.audience["languages"], plan.subject["zh"]) == (["zh"], "全新 X2")


def test_a_campaign_shows_who_planned_it_who_decided_and_what_they_said(db: Connection) -> None:
    by = {"campaign_id": CAMPAIGN, "code": CODE}
    tell(db, at(0, PLANNED, actor="lin.mei"), at(1, marketing.CampaignSubmitted(**by), actor="lin.mei"))
    tell(db, at(2, marketing.CampaignApproved(**by, remark="within budget"), actor="wang.lei"))
    tell(db, at(3, marketing.CampaignLaunched(**by), actor="lin.mei"))

    plan = campaigns.one(db, CAMPAIGN)

    assert plan is not None
    assert (plan.state, plan.planned_by, plan.decided_by, plan.remark) == (
        "launched", "lin.mei", "wang.lei", "within budget",
    )  # fmt: skip
    assert plan.launched_at == NOON + timedelta(hours=3)


def test_a_rejected_campaign_shows_the_reason(db: Connection) -> None:
    by = {"campaign_id": CAMPAIGN, "code": CODE}
    tell(db, at(0, PLANNED), at(1, marketing.CampaignRejected(**by, reason="no budget left"), actor="wang.lei"))

    plan = campaigns.one(db, CAMPAIGN)

    assert plan is not None
    assert (plan.state, plan.remark) == ("rejected", "no budget left")


def test_campaigns_come_latest_start_first_and_pages_go_on(db: Connection) -> None:
    for number, day in ((1, 3), (2, 1), (3, 2)):
        tell(db, at(0, PLANNED.model_copy(update={"campaign_id": UUID(int=number), "starts_on": date(2026, 3, day)})))

    (first,) = campaigns.newest(db, limit=1)
    rest = campaigns.newest(db, "planned", after=(first.starts_on, first.campaign_id), limit=5)

    assert [row.starts_on.day for row in (first, *rest)] == [3, 2, 1]
    assert campaigns.newest(db, "launched", limit=5) == []


def test_a_message_is_shown_as_far_as_it_has_come(db: Connection) -> None:
    requested = marketing.MessageRequested(**about(7), channel=ConsentChannel.EMAIL)
    handed_over = marketing.MessageHandedOver(**about(7), send_id=UUID(int=107))
    accepted = marketing.MessageAccepted(**about(7), provider_reference="250 queued")
    answered = marketing.MessageAnswered(**about(7), answer="有现货吗？")
    tell(db, at(0, requested), at(1, handed_over), at(2, accepted), at(3, answered))

    row = message(db, 7)

    assert (row.state, row.outcome, row.provider_reference, row.answer) == (
        "answered", "accepted", "250 queued", "有现货吗？",
    )  # fmt: skip
    assert (row.requested_at, row.handed_over_at) == (NOON, NOON + timedelta(hours=1))


def test_an_unknown_outcome_that_is_cleared_up_is_no_longer_unknown(db: Connection) -> None:
    tell(db, at(0, marketing.MessageRequested(**about(7), channel=ConsentChannel.EMAIL)))
    tell(db, at(1, marketing.MessageOutcomeUnknown(**about(7), reason="the connection broke")))
    tell(db, at(2, marketing.MessageAccepted(**about(7))))

    row, counted = message(db, 7), messages_of_campaign.counts(db, CAMPAIGN)

    assert (row.outcome, row.reason) == ("accepted", None)
    assert (counted["unknown"], counted["accepted"]) == (0, 1)


def test_a_campaigns_messages_are_counted_and_those_left_out_by_reason(db: Connection) -> None:
    tell(db, *(at(0, marketing.MessageRequested(**about(n), channel=ConsentChannel.EMAIL)) for n in range(1, 6)))
    tell(db, *(at(1, marketing.MessageHandedOver(**about(n), send_id=UUID(int=100 + n))) for n in range(1, 5)))
    tell(db, at(2, marketing.MessageAccepted(**about(1))), at(2, marketing.MessageAccepted(**about(2))))
    tell(
        db,
        at(2, marketing.MessageBounced(**about(3), reason="550")),
        at(3, marketing.MessageAnswered(**about(1), answer="?")),
    )
    tell(db, at(2, marketing.MessageOutcomeUnknown(**about(4), reason="the connection broke")))
    left_out = {5: "open_complaint", 8: "no_consent", 9: "no_consent"}
    for number, reason in left_out.items():
        said = marketing.CustomerLeftOut(**in_campaign(number), reason=reason)
        tell(db, at(4, said, subject=UUID(int=100 + number)))

    assert messages_of_campaign.counts(db, CAMPAIGN) == {
        "requested": 5, "handed_over": 4, "accepted": 2, "bounced": 1, "unknown": 1, "answered": 1,
    }  # fmt: skip
    assert messages_of_campaign.left_out(db, CAMPAIGN) == {"no_consent": 2, "open_complaint": 1}


def test_a_customer_left_out_shows_the_reason_and_the_case(db: Connection) -> None:
    said = marketing.CustomerLeftOut(**in_campaign(7), reason=marketing.LeftOutReason.OPEN_COMPLAINT, case_id=COMPLAINT)
    tell(db, at(0, said, subject=UUID(int=107)))

    row = message(db, 7)

    assert (row.message_id, row.state, row.reason, row.case_id) == (
        UUID(int=107), "left_out", "open_complaint", COMPLAINT,
    )  # fmt: skip


def test_messages_are_found_by_state_and_pages_go_on(db: Connection) -> None:
    tell(db, *(at(0, marketing.MessageRequested(**about(n), channel=ConsentChannel.EMAIL)) for n in range(1, 4)))
    tell(db, at(1, marketing.MessageHandedOver(**about(2), send_id=UUID(int=102))))

    (first,) = messages_of_campaign.of_campaign(db, CAMPAIGN, limit=1)
    rest = messages_of_campaign.of_campaign(db, CAMPAIGN, after=(first.message_id,), limit=5)
    requested = messages_of_campaign.of_campaign(db, CAMPAIGN, "requested", limit=5)

    assert [row.customer_id.int for row in (first, *rest)] == [1, 2, 3]
    assert [row.customer_id.int for row in requested] == [1, 3]


@pytest.mark.feature("M68")
def test_a_campaign_its_lead_and_the_order_that_followed_are_one_line(db: Connection) -> None:
    tell(db, at(0, lead()), at(1, CONVERTED), at(2, order(opportunity_id=OPPORTUNITY)))

    (line,) = sales_of_campaign.of_campaign(db, CODE, limit=5)

    assert (line.lead_id, line.opportunity_id, line.order_id) == (LEAD, OPPORTUNITY, ORDER)
    assert (line.began_at, line.ordered_at, line.amount) == (NOON, NOON + timedelta(hours=2), "5098.00")
    assert sales_of_campaign.counts(db, CODE) == {"leads": 1, "orders": 1}


def test_an_order_that_names_the_campaign_itself_is_a_line_of_its_own(db: Connection) -> None:
    tell(db, at(0, lead()), at(1, order(campaign_code=CODE)), at(2, order(UUID(int=49), "10.50", campaign_code=CODE)))

    lines = sales_of_campaign.of_campaign(db, CODE, limit=5)

    assert [line.order_id for line in lines] == [UUID(int=49), ORDER, None]
    assert sales_of_campaign.revenue(db, CODE) == {"CNY": Decimal("5108.50")}


def test_a_second_order_of_the_same_opportunity_does_not_take_the_place_of_the_first(db: Connection) -> None:
    again = order(UUID(int=49), "10.50", opportunity_id=OPPORTUNITY, campaign_code=CODE)
    tell(db, at(0, lead()), at(1, CONVERTED), at(2, order(opportunity_id=OPPORTUNITY)), at(3, again))

    assert sales_of_campaign.counts(db, CODE) == {"leads": 1, "orders": 2}
    assert sales_of_campaign.revenue(db, CODE) == {"CNY": Decimal("5108.50")}


def test_what_came_back_is_taken_off_what_the_campaign_brought(db: Connection) -> None:
    tell(db, at(0, order(campaign_code=CODE)), at(1, returned("99.00")), at(2, returned("0.10")))

    assert sales_of_campaign.revenue(db, CODE) == {"CNY": Decimal("4998.90")}


def test_sales_that_have_nothing_to_do_with_a_campaign_are_not_counted(db: Connection) -> None:
    tell(db, at(0, lead(campaign_code=None)), at(1, CONVERTED), at(2, order(opportunity_id=OPPORTUNITY)))
    tell(db, at(3, returned("99.00")), at(4, order(UUID(int=49), campaign_code="CM-2026-049")))

    assert sales_of_campaign.of_campaign(db, CODE, limit=5) == []


def of_customer(number: int) -> Sequence[CloudEvent]:
    """Everything that happens to one customer, as four services tell it."""
    customer_id = UUID(int=number)
    mine: Any = {"customer_id": customer_id}
    case, lead_id = UUID(int=300 + number), UUID(int=400 + number)
    opportunity, order_id = UUID(int=500 + number), UUID(int=600 + number)
    of_case = {**mine, "case_id": case, "kind": support.CaseKind.COMPLAINT}
    return [
        at(0, registered(number)),
        at(9, consent(number)),
        at(3, withdrawn(number)),
        at(10, contacts.DetailsCorrected(**mine, before={}, after={"name": "陈晓雯"}, reason="told the clerk")),
        at(1, complaint(case).model_copy(update=mine)),
        at(2, support.CaseResolved(**of_case, resolution="Repaired", opened_at=NOON, waited=timedelta(hours=1))),
        at(3, support.CaseReopened(**of_case, reason="It flickers again")),
        at(4, marketing.MessageRequested(**about(number), channel=ConsentChannel.EMAIL)),
        at(5, marketing.MessageHandedOver(**about(number), send_id=UUID(int=100 + number))),
        at(6, marketing.MessageOutcomeUnknown(**about(number), reason="the connection broke")),
        at(7, marketing.MessageAccepted(**about(number), provider_reference="250 queued")),
        at(8, marketing.MessageAnswered(**about(number), answer="有现货吗？")),
        at(5, lead(**mine, lead_id=lead_id)),
        at(6, sales.LeadConverted(**mine, lead_id=lead_id, opportunity_id=opportunity)),
        at(7, order(order_id, **mine, opportunity_id=opportunity)),
        at(8, returned("99.00").model_copy(update={**mine, "order_id": order_id})),
    ]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_interleaving_of_topics_and_customers_gives_the_same_rows(model: Any, data: st.DataObject) -> None:
    events = [event for number in (7, 8) for event in of_customer(number)]
    heard_here = topics_heard(model, [*events, at(0, PLANNED, partition_key=CAMPAIGN)])

    batches = data.draw(interleavings(heard_here))

    assert rows_after(model, batches) == rows_after(model, [heard_here])
