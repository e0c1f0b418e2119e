"""The rules of slices: which files one may hold, who may import whom, in which order slices may use each other."""

import ast
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.architecture.sources import SERVICE_PACKAGES, Module, modules, within

# Enums that are published are the service's own words: they stand beside its events and import nothing of them.
PUBLISHED = "crm_events.{service}.vocabulary"
DOMAIN = ("{me}.vocabulary", PUBLISHED, "crm_eventlog.aggregate", "crm_kernel")
# What each file of a slice may import beside the standard library; {me} is its package, {slice} the slice itself.
# A file that is not named here belongs to the domain: it stands beside the aggregate.
FILES: Mapping[str, tuple[str, ...]] = {
    "commands": (
        *("pydantic", "crm_eventlog.command", "crm_kernel", "{me}.fields", "{me}.vocabulary"),
        *("crm_eventlog.aggregate", "phonenumbers", PUBLISHED),
    ),
    "handlers": (
        *("crm_eventlog.application", "crm_eventlog.command_context", "crm_eventlog.aggregate", "crm_kernel"),
        *("{slice}.commands", "{slice}.<domain>", "{me}.vocabulary", "<earlier>"),
    ),
    "publishing": ("{slice}.<domain>", "crm_events", "crm_eventlog.aggregate", "crm_kernel", "{me}.vocabulary"),
    "policies": (
        *("crm_events", "crm_eventlog.reactions", "crm_eventlog.command", "crm_kernel"),
        *("{slice}.commands", "{slice}.rules", "{me}.vocabulary"),
    ),
    "effects": (
        *("crm_events", "crm_eventlog", "crm_kernel", "crm_chassis.clock", "sqlalchemy", "structlog"),
        *("{slice}", "{me}.settings", "{me}.vocabulary", "<earlier>"),
    ),
    "wording": ("crm_kernel", "crm_events", "crm_eventlog.aggregate", "{me}.vocabulary", "{slice}.<domain>"),
    "api": (
        *("crm_chassis.web", "crm_kernel", "crm_events", "crm_eventlog.aggregate", "fastapi", "pydantic", "sqlalchemy"),
        *("{slice}.commands", "{slice}.handlers", "{slice}.read_models", "{slice}.wording", "{slice}.rules"),
        *("{me}.fields", "{me}.vocabulary", "{me}.amounts", "<earlier>"),
    ),
    # A number that a person may dispute, explained by the events behind it.
    "explanation": (
        *("crm_chassis.breakdown", "crm_kernel", "crm_events", "crm_eventlog", "sqlalchemy", "{slice}.read_models"),
        *("{slice}.wording", "{slice}.rules", "{me}.vocabulary", "{me}.amounts", "<earlier>"),
    ),
    "read_models": (
        *("crm_events", "crm_eventlog.projection", "crm_eventlog.envelope", "crm_eventlog.columns", "crm_kernel"),
        *("sqlalchemy", "{me}.amounts", "{me}.vocabulary", "phonenumbers", "pypinyin"),
    ),
    "__init__": ("crm_chassis.slice", "{slice}"),
}
# What may lie beside the slices in a service's package.
BESIDE = frozenset({"__init__", "__main__", "service", "settings", "vocabulary", "fields", "amounts", "columns"})
# Files that only one capability has; each with its reason.
OF_THEIR_OWN: Mapping[str, str] = {
    "crm_marketing.campaigns.smtp": "the client of a mail server, used by effects alone",
}
# A decision comes out the same on every replay: what would make it differ is no part of the domain.
UNSTEADY = ("asyncio", "os", "random", "secrets", "socket", "subprocess", "threading", "time")
UNSTEADY_CALLS = frozenset({"now", "today", "utcnow", "uuid1", "uuid4"})


def slices_of(service: str) -> tuple[str, ...]:
    """Return the slices of a service in the order in which `service.py` lists them."""
    return order_in(Module(f"crm_{service}.service", _text(service)))


def _text(service: str) -> str:
    (found,) = modules(f"services/{service}/src/*/service.py")
    return found.source


def order_in(module: Module) -> tuple[str, ...]:
    """Return the folders of the slices in the order of `slices=(...)`."""
    folder_of = {
        alias.asname or alias.name: str(node.module).rpartition(".")[2]
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and within(str(node.module), module.package)
        for alias in node.names
    }
    (listed,) = [
        keyword.value
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "slices" and isinstance(keyword.value, ast.Tuple)
    ]
    names = [each.id for each in listed.elts if isinstance(each, ast.Name)]
    return tuple(folder_of[name] for name in names if name in folder_of)


def breaches(module: Module, order: tuple[str, ...]) -> list[str]:
    """Return what a module of a slice imports beyond its due."""
    parts = module.name.split(".")
    if module.package not in SERVICE_PACKAGES or len(parts) < 2 or parts[1] not in order:
        return []
    allowed, offered = _allowed(module, parts, order)
    return [
        f"{module.name} imports {name}"
        for name in sorted(module.imports())
        if not (name.partition(".")[0] in sys.stdlib_module_names or within(name, *allowed) or name in offered)
    ]


def _allowed(module: Module, parts: list[str], order: tuple[str, ...]) -> tuple[list[str], set[str]]:
    """Return the prefixes that a module may import, and the names that earlier slices offer it."""
    own, file = ".".join(parts[:2]), parts[2] if len(parts) > 2 else "__init__"
    if module.name in OF_THEIR_OWN:
        return ["crm_kernel", "crm_eventlog.aggregate", "pydantic", "structlog", own, f"{parts[0]}.settings"], set()
    table = FILES.get(file, (*DOMAIN, "{slice}.<domain>", "<earlier>"))
    allowed = [
        name.format(me=parts[0], slice=own, service=parts[0].removeprefix("crm_")) for name in table if "<" not in name
    ]
    if "{slice}.<domain>" in table:
        allowed += [f"{own}.{name}" for name in _domain_files(own)]
    if file == "read_models":
        allowed += [".".join(parts[:4]), f"{own}.read_models.columns"]
    earlier = order[: order.index(parts[1])] if "<earlier>" in table else ()
    return allowed, {f"{parts[0]}.{name}.{public}" for name in earlier for public in _public(f"{parts[0]}.{name}")}


def _domain_files(own: str) -> list[str]:
    """Return the files of a slice that stand beside its aggregate."""
    names = [Path(each.path).stem for each in modules(f"services/*/src/{own.replace('.', '/')}/*.py")]
    return [name for name in names if name not in FILES]


def _public(own: str) -> list[str]:
    """Return what the `__init__` of a slice offers: its `__all__`."""
    for module in modules(f"services/*/src/{own.replace('.', '/')}/__init__.py"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
                return list(ast.literal_eval(node.value))
    return []


def breaches_of_the_listing(service: str) -> list[str]:
    """Return the files and folders of a service that are neither a slice nor on the list of what lies beside."""
    order, found = slices_of(service), set()
    for module in modules(f"services/{service}/src/**/*.py"):
        place = module.path.relative_to(f"services/{service}/src/crm_{service}")
        first, *inside = (part.removesuffix(".py") for part in place.parts)
        strange_folder = len(inside) > 1 and inside[0] not in {"read_models", "domain"}
        if (first not in BESIDE) if first not in order else strange_folder:
            found.add(str(place))
    return sorted(found)


def breaches_of_steadiness(module: Module) -> list[str]:
    """Return where a domain would ask a clock, dice or the machine."""
    imported = [name for name in sorted(module.imports()) if within(name, *UNSTEADY) or name == "uuid.uuid4"]
    called = [node.attr for node in ast.walk(module.tree) if isinstance(node, ast.Attribute)]
    return [f"{module.name} uses {name}" for name in (*imported, *called) if name in imported or name in UNSTEADY_CALLS]


def domain_of(service: str) -> list[Module]:
    """Return the modules of a service in which it decides."""
    return [
        module
        for name in slices_of(service)
        for module in modules(f"services/{service}/src/crm_{service}/{name}/*.py")
        if module.path.stem not in FILES and module.name not in OF_THEIR_OWN
    ]
