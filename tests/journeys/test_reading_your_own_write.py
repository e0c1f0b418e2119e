"""Whoever has said something reads it back, by the position that the command was answered with."""

from typing import Any
from uuid import uuid4

from crm_cli.calling import Callers
from crm_cli.story.chen import HOTLINE, WEB
from tests.journeys.houses import House


def test_a_question_is_shown_to_its_asker_as_soon_as_it_was_taken(house: House) -> None:
    customer_id, rounds = str(uuid4()), 5

    async def ask_and_look(callers: Callers) -> list[int]:
        seen = []
        for _ in range(rounds):
            question = {"customer_id": customer_id, "channel": "web", "subject": "Flickers", "text": "Why?"}
            taken = await callers.ask("support", "ask-question", question, by=WEB)
            cases = await callers.read("support", f"/customers/{customer_id}/cases", at_least=taken["position"])
            seen.append(len(cases["items"]))
        return seen

    seen = house.ask(ask_and_look)

    assert seen == list(range(1, rounds + 1))


def test_an_answer_is_shown_where_it_was_given(house: House) -> None:
    question = {"customer_id": str(uuid4()), "channel": "web", "subject": "Flickers", "text": "Why?"}

    async def answer_and_look(callers: Callers) -> Any:
        asked = await callers.ask("support", "ask-question", question, by=WEB)
        answer = {"case_id": asked["id"], "answer": "Firmware 2.1 mends it."}
        given = await callers.ask("support", "answer-case", answer, by=HOTLINE)
        return await callers.read("support", f"/cases/{asked['id']}", at_least=given["position"])

    case = house.ask(answer_and_look)

    assert case["answer"] == "Firmware 2.1 mends it."
