"""Rules of the organisation tree: levels, parents and store kinds."""

import pytest

from crm_contacts.units.unit import (
    HeadquartersUnderParent,
    StoreKindMissing,
    StoreKindOfNoStore,
    Unit,
    UnitWithoutParent,
    unit_id,
)
from crm_contacts.vocabulary import Ownership, StoreKind, UnitKind
from crm_kernel import LocalizedText

HQ, REGION, BRANCH, OFFICE, STORE, CENTRE = UnitKind
STREET = StoreKind.STREET


def opened(
    kind: UnitKind,
    parent: Unit | None,
    *,
    store_kind: StoreKind | None = None,
    ownership: Ownership = Ownership.OWN,
) -> Unit:
    """Open a unit named for its kind."""
    name = LocalizedText(en=kind.value, zh=kind.value)
    return Unit.open(
        code=kind, name=name, kind=kind, store_kind=store_kind, ownership=ownership, parent=parent, city="广州"
    )


def store_kind_of(kind: UnitKind) -> StoreKind | None:
    return STREET if kind is STORE else None


@pytest.mark.parametrize(
    "levels",
    [
        (HQ, BRANCH, OFFICE, STORE),
        (HQ, OFFICE, STORE),
        (HQ, STORE),
        (HQ, REGION, BRANCH, OFFICE, STORE),
        (HQ, CENTRE, STORE),
        (HQ, CENTRE, BRANCH, STORE),
        (HQ, CENTRE, OFFICE, STORE),
    ],
)
def test_the_tree_may_have_as_many_levels_as_the_company_has(levels: tuple[UnitKind, ...]) -> None:
    parent = None
    tree = [parent := opened(kind, parent, store_kind=store_kind_of(kind)) for kind in levels]

    facts = [unit.pending_events[0] for unit in tree]
    assert [fact.kind for fact in facts] == list(levels)
    assert [fact.parent_code for fact in facts] == [None, *levels[:-1]]


def test_only_a_headquarters_has_no_parent(the_headquarters: Unit) -> None:
    with pytest.raises(UnitWithoutParent):
        opened(OFFICE, None)
    with pytest.raises(HeadquartersUnderParent):
        opened(HQ, the_headquarters)


@pytest.mark.parametrize("kind", [StoreKind.STREET, StoreKind.COUNTER, StoreKind.SHOP_IN_SHOP])
@pytest.mark.parametrize("ownership", Ownership)
def test_a_store_says_its_kind_and_who_runs_it(the_headquarters: Unit, kind: StoreKind, ownership: Ownership) -> None:
    store = opened(STORE, the_headquarters, store_kind=kind, ownership=ownership)

    (fact,) = store.pending_events
    assert (fact.store_kind, fact.ownership) == (kind, ownership)


def test_a_store_without_a_kind_and_an_office_with_one_are_refused(the_headquarters: Unit) -> None:
    with pytest.raises(StoreKindMissing):
        opened(STORE, the_headquarters)
    with pytest.raises(StoreKindOfNoStore):
        opened(OFFICE, the_headquarters, store_kind=STREET)


def test_a_code_names_one_unit_for_ever(the_headquarters: Unit) -> None:
    assert the_headquarters.id == unit_id("hq") == unit_id("HQ") != unit_id("hq2")


def test_a_replayed_unit_equals_the_live_one(the_headquarters: Unit) -> None:
    (fact,) = the_headquarters.collect_events()

    assert fact.mutate(None) == the_headquarters
