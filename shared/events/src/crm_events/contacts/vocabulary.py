"""Lists of codes that contacts speaks of."""

from collections.abc import Mapping

from crm_kernel import Labelled, LocalizedText


class CustomerKind(Labelled):
    """A kind of customer: a human being or an organisation."""

    PERSON = "person", "a person", "个人"
    COMPANY = "company", "a company", "企业"


class Direction(Labelled):
    """The direction of a touch: `in` when the customer came to us, `out` when we went to the customer."""

    IN = "in", "to us", "来访"
    OUT = "out", "from us", "外访"


class ImportanceListing(Labelled):
    """The list a customer stands on: red is served first, black is not served, general is everybody else."""

    RED = "red", "the red list", "红名单"
    GENERAL = "general", "the general list", "普通名单"
    BLACK = "black", "the black list", "黑名单"


class UnitKind(Labelled):
    """A kind of unit of the organisation."""

    HEADQUARTERS = "headquarters", "headquarters", "总部"
    REGION = "region", "region", "大区"
    BRANCH = "branch", "branch", "分公司"
    OFFICE = "office", "office", "办事处"
    STORE = "store", "store", "门店"
    DISTRIBUTION_CENTRE = "distribution_centre", "distribution centre", "配送中心"


class StoreKind(Labelled):
    """The form of a store."""

    STREET = "street", "street store", "沿街店"
    COUNTER = "counter", "counter", "专柜"
    SHOP_IN_SHOP = "shop_in_shop", "shop-in-shop", "店中店"


class Ownership(Labelled):
    """The ownership of a unit: the company runs it itself, or a franchisee does."""

    OWN = "own", "run by the company itself", "直营"
    FRANCHISED = "franchised", "run by a franchisee", "加盟"


DETAILS: Mapping[str, LocalizedText] = {
    "kind": LocalizedText("kind", "类型"),
    "name": LocalizedText("name", "姓名"),
    "form_of_address": LocalizedText("form of address", "称谓"),
    "phones": LocalizedText("telephone numbers", "电话"),
    "emails": LocalizedText("e-mail addresses", "电子邮箱"),
    "addresses": LocalizedText("addresses", "地址"),
    "language": LocalizedText("language", "语言"),
    "birthday": LocalizedText("birthday", "生日"),
}
