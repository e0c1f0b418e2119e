"""Field types of commands: texts, and phone numbers and e-mail addresses brought into the form they are stored in."""

from typing import Annotated

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo

from crm_kernel import DomainError, LocalizedText

HOME = "CN"

Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Word = Annotated[str, StringConstraints(max_length=100)]


class PhoneNotANumber(DomainError, ValueError):
    """A phone number can be dialled from anywhere."""

    message = LocalizedText(
        "The phone number is not a valid number of its country, or it has an extension.",
        "电话号码须为所在国家的有效号码，不含分机号。",
    )
    hint = LocalizedText(
        "Enter it with its country code, as in +86 138 0013 8000, or enter its country in `region`.",
        "请带国家代码填写，例如 +86 138 0013 8000，或在 region 中注明国家。",
    )


class RegionUnknown(DomainError, ValueError):
    """Numbers without a country code are read as numbers of a known country."""

    message = LocalizedText(
        "The region is not a country or territory with its own phone numbers.",
        "region 须为有自己电话号码的国家或地区。",
    )
    hint = LocalizedText(
        "Use a two-letter ISO 3166 code such as CN, HK or DE.", "请使用 ISO 3166 两位字母代码，例如 CN、HK 或 DE。"
    )


class EmailNotAnAddress(DomainError, ValueError):
    """An e-mail address can be written to."""

    message = LocalizedText(
        "The e-mail address does not have the form name@example.com.", "电子邮箱的格式应为 name@example.com。"
    )
    hint = LocalizedText("Check the address for typing mistakes, or leave it out.", "请检查是否有误，或去掉该邮箱。")


def known_region(text: str) -> str:
    """Return the two letters of a country whose numbering plan is known; `RegionUnknown` otherwise."""
    region = text.upper()
    if region not in phonenumbers.SUPPORTED_REGIONS:
        raise RegionUnknown("region", text)
    return region


def normalise_phone(text: str, info: ValidationInfo) -> str:
    """Return the number in E.164, as +8613800138000.

    A number without a country code is read as one of the field `region`.
    """
    try:
        number = phonenumbers.parse(text, info.data.get("region", HOME))
    except phonenumbers.NumberParseException:
        raise PhoneNotANumber("phones", text) from None
    if number.extension or not phonenumbers.is_valid_number(number):
        raise PhoneNotANumber("phones", text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normalise_email(text: str) -> str:
    """Return the address with its domain in lower case. The domain itself is not looked up."""
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        raise EmailNotAnAddress("emails", text) from None


def unique(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the texts without repetitions, whatever their case; the first spelling is kept."""
    kept: dict[str, str] = {}
    for text in texts:
        kept.setdefault(text.casefold(), text)
    return tuple(kept.values())


Region = Annotated[
    str,
    StringConstraints(min_length=2, max_length=2),
    AfterValidator(known_region),
    Field(
        description="The country (ISO 3166) of phone numbers that are written without a country code.", examples=[HOME]
    ),
]
Phones = Annotated[
    tuple[Annotated[str, StringConstraints(min_length=3, max_length=40), AfterValidator(normalise_phone)], ...],
    AfterValidator(unique),
    Field(max_length=10, description="In any written form; kept as E.164.", examples=[["138 0013 8000"]]),
]
Emails = Annotated[
    tuple[Annotated[str, StringConstraints(min_length=3, max_length=254), AfterValidator(normalise_email)], ...],
    AfterValidator(unique),
    Field(max_length=10, examples=[["chen.li@example.com"]]),
]
