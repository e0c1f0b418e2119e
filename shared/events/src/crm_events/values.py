"""Values that several publishers speak of: money, channels, languages, and the mark of personal data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler, StringConstraints
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from crm_events.event import Value
from crm_kernel import Channel, ConsentChannel, Language, LocalizedText

__all__ = [
    "AMOUNT_PATTERN",
    "Channel",
    "Code",
    "ConsentChannel",
    "ExactDecimal",
    "FieldClass",
    "Language",
    "LocalizedText",
    "Money",
    "Name",
    "Personal",
    "field_classes",
    "models_within",
    "personal_fields",
]

AMOUNT_PATTERN = r"^-?[0-9]+(\.[0-9]+)?$"


class ExactDecimal:
    """An amount as it travels: a decimal in code, its exact digits as a string in JSON, never a float."""

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        digits = core_schema.chain_schema(
            [core_schema.str_schema(pattern=AMOUNT_PATTERN), core_schema.decimal_schema()]
        )
        exact = core_schema.union_schema(
            [core_schema.is_instance_schema(Decimal), core_schema.int_schema(strict=True), digits]
        )
        return core_schema.json_or_python_schema(
            json_schema=digits,
            python_schema=core_schema.chain_schema([exact, core_schema.decimal_schema()]),
            serialization=core_schema.plain_serializer_function_ser_schema(cls.digits, when_used="json"),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "pattern": AMOUNT_PATTERN}

    @staticmethod
    def digits(amount: Decimal) -> str:
        """Return the amount without an exponent, its trailing zeros kept."""
        return format(amount, "f")


class Money(Value):
    """An exact amount in one currency (ISO 4217), as in 4999.00 CNY."""

    amount: Annotated[Decimal, ExactDecimal]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


@dataclass(frozen=True, slots=True, eq=False)
class Code:
    """Mark of a text that is a code, as in `level: Annotated[str, Code(LEVELS)]`; neither personal nor free text.

    `words` are what people read instead; a code without words is shown as it is, without its strokes.
    """

    words: Mapping[str, LocalizedText] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Name:
    """Mark of a text that the company wrote itself, such as the name of a product or of a city; not personal."""


FieldClass = Literal["identity", "contact", "note", "health", "staff"]
"""Classes of personal data: who somebody is, how to reach them, what was noted, their health, who served them."""


@dataclass(frozen=True, slots=True)
class Personal:
    """Mark of personal data, as in `name: Annotated[str, Personal("identity")]`; `x-personal` in the JSON Schema.

    Every free text is marked, for nobody knows what people write there.
    """

    field_class: FieldClass

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "x-personal": self.field_class}


def personal_fields(model: type[BaseModel]) -> frozenset[str]:
    """Return the names of the personal fields, dotted where they lie inside another value (`lines.assistant`)."""
    return frozenset(field_classes(model))


def field_classes(model: type[BaseModel]) -> Mapping[str, FieldClass]:
    """Return the class of every personal field by its name, dotted where it lies inside another value."""
    return dict(_classes(model))


def _classes(model: type[BaseModel]) -> Iterator[tuple[str, FieldClass]]:
    for name, info in model.model_fields.items():
        marks = [mark for mark in info.metadata if isinstance(mark, Personal)]
        if marks:
            yield name, marks[0].field_class
            continue
        for part in models_within(info.annotation):
            yield from ((f"{name}.{path}", field_class) for path, field_class in _classes(part))


def models_within(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield every value that a field of this type holds."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models_within(argument)
