"""Words for the channels and roles that a sentence's frame names; what has no word stands as it is."""

from collections.abc import Mapping

from crm_events import Channel, ConsentChannel
from crm_kernel import LocalizedText

# Where it took place, as the caller named it.
CHANNELS: Mapping[str, LocalizedText] = {
    **{channel: LocalizedText(f"by {channel.label.en}", channel.label.zh) for channel in ConsentChannel},
    **{channel: channel.label for channel in Channel},
    "api": LocalizedText("through an interface", "系统接口"),
    "system": LocalizedText("in the system", "系统"),
}

ROLES: Mapping[str, LocalizedText] = {
    "staff": LocalizedText("staff", "员工"),
    "clerk": LocalizedText("clerk", "店员"),
    "cashier": LocalizedText("cashier", "收银员"),
    "agent": LocalizedText("service agent", "客服"),
    "salesperson": LocalizedText("salesperson", "销售"),
    "marketer": LocalizedText("marketer", "营销"),
    "technician": LocalizedText("technician", "技师"),
    "manager": LocalizedText("manager", "经理"),
    "store_manager": LocalizedText("store manager", "店长"),
    "service": LocalizedText("service", "服务"),
}
