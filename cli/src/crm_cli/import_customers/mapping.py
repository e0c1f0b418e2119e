"""The mapping of a file's columns to the fields of a customer, by a mapping file or by the headings."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self
from uuid import UUID, uuid5

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from crm_cli.errors import CliError
from crm_cli.import_customers.formats import normalise_date, split_values
from crm_cli.import_customers.headings import ADDRESS, FIELDS, KEY, LISTS, usual_field, usual_meaning

IMPORTED = UUID("3d0c6f0e-0f6b-5b0a-9f5e-6a1f8a3c7d21")


class MappingUnclear(CliError):
    """A file whose columns cannot be mapped."""


def _known(field: str) -> str:
    if field not in FIELDS:
        raise ValueError(f"{field} is no field of a customer; the fields are {', '.join(FIELDS)}")
    return field


_FieldName = Annotated[str, AfterValidator(_known)]


class MappingFile(BaseModel):
    """The content of a mapping file; without one the headings decide.

    `source` names the system the file comes from: its customer 17 is another one than that of a second system.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    source: str = Field(default="import", min_length=1)
    columns: dict[str, _FieldName] = Field(default_factory=dict, description="Column -> field.")
    values: dict[_FieldName, dict[str, str]] = Field(
        default_factory=dict, description="Field -> what stands in the file -> what it means."
    )
    constants: dict[_FieldName, str] = Field(default_factory=dict, description="Field -> its value in every row.")

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read TOML or JSON, by the file's name."""
        try:
            text = path.read_text("utf-8-sig")
            content: Any = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
            return cls.model_validate(content)
        except (json.JSONDecodeError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise MappingUnclear(f"{path} is not {path.suffix.lstrip('.').upper() or 'TOML'}: {error}") from None
        except ValidationError as error:
            raise MappingUnclear(f"{path}: {_complaints(error)}") from None


@dataclass(frozen=True)
class Columns:
    """The fields of a file with these headings."""

    headings: Sequence[str]
    fields: Sequence[str | None]
    file: MappingFile

    @classmethod
    def of(cls, headings: Sequence[str], file: MappingFile) -> Self:
        """Map by the mapping file where it names columns, else by the headings, or raise `MappingUnclear`."""
        stripped = [heading.strip() for heading in headings]
        if absent := [heading for heading in file.columns if heading not in stripped]:
            raise MappingUnclear(
                f"the mapping names {', '.join(absent)}, but the columns of the file are {', '.join(stripped)}"
            )
        fields = [file.columns.get(heading) for heading in stripped] if file.columns else _by_name(stripped)
        found = cls(stripped, fields, file)
        if twice := [field for field in fields if field and field not in LISTS and fields.count(field) > 1]:
            raise MappingUnclear(f"several columns are mapped to {twice[0]}: leave all but one out")
        if "name" not in (*fields, *file.constants):
            raise MappingUnclear(
                f"no column holds the customers' name; the columns are {', '.join(stripped)}. "
                "Say which one does in a mapping file: --mapping FILE"
            )
        return found

    @property
    def ignored(self) -> list[str]:
        """Return the columns from which no field is taken."""
        return [heading for heading, field in zip(self.headings, self.fields, strict=True) if field is None]

    @property
    def have_key(self) -> bool:
        """Tell whether a column identifies the customer of a row."""
        return KEY in self.fields

    def content(self, values: Sequence[str]) -> tuple[str, dict[str, Any]]:
        """Return a row's import key, empty where it has none, and its fields as a command takes them."""
        entries: dict[str, list[str]] = {field: [value] for field, value in self.file.constants.items()}
        for field, value in zip(self.fields, values, strict=True):
            if field and (text := value.strip()):
                entries[field] = [*(entries[field] if field in LISTS and field in entries else ()), text]
        key = "".join(entries.pop(KEY, ()))
        lists = {field: split_values(entries.pop(field)) for field in LISTS if field in entries}
        single = {field: self._meaning(field, texts[-1]) for field, texts in entries.items()}
        return key, {**_with_address(single), **lists}

    def customer_id(self, key: str) -> UUID:
        """Return the id of the customer with a key; the same key of the same source is always the same customer."""
        try:
            return UUID(key)
        except ValueError:
            return uuid5(IMPORTED, f"{self.file.source}/{key}")

    def _meaning(self, field: str, text: str) -> str:
        given = {entry.casefold(): meaning for entry, meaning in self.file.values.get(field, {}).items()}
        meaning = given.get(text.casefold()) or usual_meaning(field, text)
        return normalise_date(meaning) if field == "birthday" else meaning


def _by_name(headings: Sequence[str]) -> list[str | None]:
    """Return the usual field of each column; where two usually hold the same, the first does."""
    fields: list[str | None] = []
    for heading in headings:
        field = usual_field(heading)
        fields.append(None if field in fields and field not in LISTS else field)
    return fields


def _with_address(single: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields with those of the address together; a country alone is not an address."""
    address = {part: single[f"address.{part}"] for part in ADDRESS if f"address.{part}" in single}
    others = {field: text for field, text in single.items() if not field.startswith("address.")}
    return {**others, "addresses": [address]} if set(address) - {"country"} else others


def _complaints(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, each['loc']))}: {each['msg'].removeprefix('Value error, ')}" for each in error.errors()
    )
