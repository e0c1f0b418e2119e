"""Handlers of the commands about units."""

from crm_contacts.units.commands import OpenUnit
from crm_contacts.units.unit import Unit, UnitAlreadyOpen, unit_id
from crm_eventlog.aggregate import NotFound
from crm_eventlog.application import Application, CommandResult
from crm_eventlog.command_context import CommandContext
from crm_kernel import LocalizedText


def open_unit(command: OpenUnit, app: Application, context: CommandContext) -> CommandResult:
    if unit_id(command.code) in app.repository:
        raise UnitAlreadyOpen("code", command.code)
    unit = Unit.open(
        code=command.code,
        name=LocalizedText(en=command.name.en, zh=command.name.zh),
        kind=command.kind,
        store_kind=command.store_kind,
        ownership=command.ownership,
        parent=_parent(command.parent_code, app),
        city=command.city,
    )
    return app.save(unit, context=context)


def _parent(code: str | None, app: Application) -> Unit | None:
    if code is None:
        return None
    if unit_id(code) not in app.repository:
        raise NotFound("parent_code", code)
    return app.load(Unit, unit_id(code))
