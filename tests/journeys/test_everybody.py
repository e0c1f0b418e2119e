"""Ms Chen and a few dozen others, in shuffled order and with repetitions: at the end there is one history."""

from datetime import UTC, datetime
from random import Random
from uuid import uuid4

import pytest

from crm_cli.comparing import compare
from crm_cli.demo.crowd import Crowd
from crm_cli.services import SERVICE_NAMES
from tests.journeys.conftest import Told

CUSTOMERS = 36


@pytest.mark.feature("C52")
def test_the_five_histories_of_everybody_have_one_digest(chen: Told) -> None:
    before = chen.house.ask(compare)
    crowd = Crowd(CUSTOMERS, now=datetime.now(UTC), run=str(uuid4()), random=Random(7))

    chen.house.ask(crowd.act)
    after = chen.house.ask(compare)

    assert (before.same, after.same) == (True, True)
    assert sorted(after.digests) == sorted(SERVICE_NAMES)
    assert after.events > before.events + 2 * CUSTOMERS
