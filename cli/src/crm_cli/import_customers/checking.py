"""The check of a row before it is sent: a customer to register, or every reason against it."""

from dataclasses import dataclass
from uuid import UUID

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from crm_chassis.web.storable_values import reject_unstorable
from crm_chassis.web.validation_messages import hint_of, rule_of
from crm_cli.import_customers.mapping import Columns
from crm_cli.import_customers.reading import Row
from crm_cli.import_customers.rejects import Reason
from crm_contacts.customers import ImportRow
from crm_eventlog.aggregate import DomainError, LocalizedText


class KeyMissing(DomainError, ValueError):
    """A row without anything that identifies its customer."""

    message = LocalizedText(
        "A row has a customer number, or where the file has none, a phone or an e-mail address.",
        "每行须有客户编号；文件没有编号列时，须有电话或电子邮箱。",
    )
    hint = LocalizedText(
        "Add it, so that a second import knows the customer again.", "请补上，以便再次导入时认出该客户。"
    )


class KeyRepeated(DomainError, ValueError):
    """A row with a customer of an earlier row."""

    hint = LocalizedText("Keep the row that is right.", "请只保留正确的一行。")

    def __init__(self, field: str, value: object, *, line: int) -> None:
        self.message = LocalizedText(f"Line {line} is the same customer already.", f"第 {line} 行已是同一客户。")
        super().__init__(field, value)


@dataclass(frozen=True)
class Candidate:
    """A row that may be registered."""

    row: Row
    customer: ImportRow


class RowChecker:
    """A checker of rows by contacts' own rules and by the rows before them; it keeps about 100 bytes for each row."""

    def __init__(self, columns: Columns, language: str) -> None:
        self._columns, self._language = columns, language
        self._lines: dict[int, int] = {}

    def check(self, row: Row) -> Candidate | list[Reason]:
        """Return the customer, or the reasons against the row."""
        try:
            if row.trouble is not None:
                raise row.trouble
            return self._candidate(row)
        except ValidationError as error:
            return [self._reason(each) for each in error.errors()]
        except DomainError as refused:
            return [Reason.of(refused, self._language)]

    def _candidate(self, row: Row) -> Candidate:
        key, content = self._columns.content(row.values)
        # Any id will do while the row is checked: without a key it follows from what the check makes of the phone.
        customer = ImportRow.model_validate({**content, "customer_id": UUID(int=0)})
        reject_unstorable(customer.model_dump())
        key = key or ("" if self._columns.have_key else _reachable_at(customer))
        if not key:
            raise KeyMissing("key", None)
        customer_id = self._columns.customer_id(key)
        if (before := self._lines.setdefault(customer_id.int, row.line)) != row.line:
            raise KeyRepeated("key", key, line=before)
        return Candidate(row, customer.model_copy(update={"customer_id": customer_id}))

    def _reason(self, error: ErrorDetails) -> Reason:
        field = ".".join(map(str, error["loc"])) or "row"
        shown = "" if error["type"] == "missing" else str(error.get("input", ""))
        return Reason(
            field, shown, rule_of(error).in_language(self._language), hint_of(error).in_language(self._language)
        )


def _reachable_at(customer: ImportRow) -> str:
    """Return the phone or e-mail that identifies a customer without a number."""
    return next(iter([*customer.phones, *customer.emails]), "").casefold()
