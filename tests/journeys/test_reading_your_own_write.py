"""Whoever has said something reads it back, by the position that the command was answered with."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from crm_cli.client import CrmClient
from crm_cli.demo.chen import HOTLINE, WEB
from tests.journeys.houses import House


def test_a_question_is_shown_to_its_asker_as_soon_as_it_was_taken(house: House) -> None:
    customer_id, rounds = str(uuid4()), 5

    async def ask_and_look(callers: CrmClient) -> list[int]:
        seen = []
        for _ in range(rounds):
            question = {"customer_id": customer_id, "channel": "web", "subject": "Flickers", "text": "Why?"}
            taken = await callers.ask("support", "ask-question", question, by=WEB)
            cases = await callers.read("support", f"/customers/{customer_id}/cases", at_least=taken["position"])
            seen.append(len(cases["items"]))
        return seen

    seen = house.ask(ask_and_look)

    assert seen == list(range(1, rounds + 1))


@pytest.mark.feature("S26")
def test_the_funnel_shows_an_opportunity_and_what_it_predicts_as_soon_as_it_was_opened(house: House) -> None:
    opening = {"customer_id": str(uuid4()), "title": "A phone", "stage": "offer"}
    opening["expected"] = {"amount": "1000.00", "currency": "SEK"}

    async def open_and_look(callers: CrmClient) -> list[Any]:
        seen = []
        for _ in range(2):
            opened = await callers.ask("sales", "open-opportunity", opening, by=HOTLINE)
            funnel = await callers.read("sales", "/funnel", at_least=opened["position"])
            seen.append((opened["id"], next(stage for stage in funnel["stages"] if stage["stage"] == "offer")))
        for opportunity_id, _ in seen:
            gone = {"opportunity_id": opportunity_id, "reason": "bought elsewhere"}
            lost = await callers.ask("sales", "lose-opportunity", gone, by=HOTLINE)
            await callers.read("sales", "/funnel", at_least=lost["position"])
        return [stage for _, stage in seen]

    first, second = house.ask(open_and_look)

    def crowns(stage: Any, what: str) -> list[Decimal]:
        return [Decimal(money["amount"]) for money in stage[what] if money["currency"] == "SEK"]

    assert [crowns(stage, "expected") for stage in (first, second)] == [[Decimal(1000)], [Decimal(2000)]]
    assert [crowns(stage, "likely_to_advance") for stage in (first, second)] == [
        [Decimal(amount) * Decimal(str(stage["conversion"]))] for amount, stage in ((1000, first), (2000, second))
    ]


def test_an_answer_is_shown_where_it_was_given(house: House) -> None:
    question = {"customer_id": str(uuid4()), "channel": "web", "subject": "Flickers", "text": "Why?"}

    async def answer_and_look(callers: CrmClient) -> Any:
        asked = await callers.ask("support", "ask-question", question, by=WEB)
        answer = {"case_id": asked["id"], "answer": "Firmware 2.1 mends it."}
        given = await callers.ask("support", "answer-case", answer, by=HOTLINE)
        return await callers.read("support", f"/cases/{asked['id']}", at_least=given["position"])

    case = house.ask(answer_and_look)

    assert case["answer"] == "Firmware 2.1 mends it."
