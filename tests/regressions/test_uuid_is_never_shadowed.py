"""SQLAlchemy's `UUID`, also by `*`, shadows the real one in pydantic models; in no module of ours it does."""

import sys
import uuid
from importlib import import_module

import pytest
import sqlalchemy
from pydantic import BaseModel
from pydantic.errors import PydanticSchemaGenerationError

from tests.architecture.sources import modules


def test_sqlalchemys_uuid_is_no_uuid_and_no_model_can_have_it() -> None:
    star: dict[str, object] = {}
    exec("from sqlalchemy import *", star)

    assert star["UUID"] is sqlalchemy.UUID is not uuid.UUID
    with pytest.raises(PydanticSchemaGenerationError):
        type("Shadowed", (BaseModel,), {"__annotations__": {"case_id": sqlalchemy.UUID}})


def test_whatever_is_called_uuid_in_a_module_of_ours_is_the_real_one() -> None:
    named = [module.name for module in modules("shared/*/src/**/*.py", "services/*/src/**/*.py")]
    named = [name for name in named if not name.endswith(".__main__")]

    for name in named:
        import_module(name)

    shadowed = [name for name in named if getattr(sys.modules[name], "UUID", uuid.UUID) is not uuid.UUID]
    assert shadowed == []
    assert len(named) > 100
