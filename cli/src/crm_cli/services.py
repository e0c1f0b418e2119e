"""The five services of this machine."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from crm_chassis.service import Service


class _Services(Mapping[str, "Service"]):
    """Name -> service; its code is imported when it is asked for, because `crm --help` needs the names only."""

    TOUCHPOINTS: ClassVar[Mapping[str, str]] = {
        "contacts": "store / 门店",
        "sales": "web shop / 网店",
        "marketing": "mail / 邮件",
        "support": "call centre / 客服热线",
        "loyalty": "VIP club / 会员俱乐部",
    }

    def __getitem__(self, name: str) -> "Service":
        if name not in self.TOUCHPOINTS:
            raise KeyError(name)
        service: Service = import_module(f"crm_{name}.service").SERVICE
        return service

    def __iter__(self) -> Iterator[str]:
        return iter(self.TOUCHPOINTS)

    def __len__(self) -> int:
        return len(self.TOUCHPOINTS)


SERVICES: Mapping[str, "Service"] = _Services()
SERVICE_NAMES = tuple(SERVICES)
TOUCHPOINTS = _Services.TOUCHPOINTS
