"""A slice and a service reject, when they are imported, what would only be missed by a caller."""

import sys
from types import ModuleType
from uuid import UUID

import pytest

from crm_chassis.service import Service
from crm_chassis.slice import CommandWithoutHandler, Slice, handlers_of
from crm_eventlog.application import Application, CommandResult, DuplicateHandler
from crm_eventlog.command import Command
from crm_eventlog.command_context import CommandContext
from shared.chassis.tests.support import notes_service
from shared.chassis.tests.support.notes_service import SERVICE, Settings


class OpenDoor(Command):
    """The form of two commands."""


class OpenFrontDoor(OpenDoor):
    """Let somebody in at the front."""


class OpenBackDoor(OpenDoor):
    """Let somebody in at the back."""


def open_front_door(command: OpenFrontDoor, app: Application, context: CommandContext) -> CommandResult:
    raise NotImplementedError


def open_back_door(command: OpenBackDoor, app: Application, context: CommandContext) -> CommandResult:
    raise NotImplementedError


def open_it_too(command: OpenBackDoor, app: Application, context: CommandContext) -> CommandResult:
    raise NotImplementedError


def test_a_command_that_no_handler_takes_is_named_and_a_form_of_commands_is_none() -> None:
    with pytest.raises(CommandWithoutHandler, match=r"doors: no handler takes OpenBackDoor of .*test_slice"):
        Slice(name="doors", handlers=(open_front_door,))

    assert Slice(name="doors", handlers=(open_front_door,), internal_handlers=(open_back_door,)).name == "doors"


def test_two_handlers_of_one_command_are_rejected_within_a_slice_and_between_two() -> None:
    with pytest.raises(DuplicateHandler, match="OpenBackDoor: open_back_door and open_it_too"):
        Slice(name="doors", handlers=(open_front_door, open_back_door, open_it_too))
    doors, more = (Slice(name=name, handlers=(open_front_door, open_back_door)) for name in ("doors", "more"))
    with pytest.raises(DuplicateHandler, match="OpenFrontDoor: open_front_door and open_front_door"):
        Service(name="doors", slices=(doors, more), settings=Settings)


def test_the_handlers_of_a_module_are_the_functions_it_defines_in_their_order() -> None:
    module = ModuleType("doors")
    for function in (open_front_door, open_back_door):
        vars(module)[function.__name__] = function
    # What a module imports, and what it keeps to itself, handles nothing.
    vars(module).update(help=sys.exit, _own=open_it_too, Command=Command)
    module.__name__ = __name__

    assert handlers_of(module) == (open_front_door, open_back_door)
    assert handlers_of(module, but=(open_front_door,)) == (open_back_door,)


def test_a_fact_is_published_by_its_own_slice_and_what_nobody_knows_by_none() -> None:
    (notes,) = (each for each in SERVICE.slices if each.publish)

    assert [aggregate.__module__ for aggregate in notes.aggregates] == [notes_service.__name__]
    assert SERVICE.publish(object(), UUID(int=7)) is None
    assert SERVICE.without_routers().routers == ()
    assert SERVICE.routers != ()
