"""Commands about customers that are rejected before they are handled."""

from uuid import UUID

import pytest
from pydantic import ValidationError

from crm_contacts.customers.commands import RegisterCustomers
from services.contacts.tests.requests import rejection_in


def test_within_a_batch_a_customer_has_one_row() -> None:
    row = {"customer_id": UUID(int=7), "name": "Chen"}

    with pytest.raises(ValidationError) as error:
        RegisterCustomers(customers=(row, row))

    assert rejection_in(error) == ((), "RowsRepeated", "customers", UUID(int=7))
