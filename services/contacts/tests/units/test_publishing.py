"""Public events of units as they go on the wire."""

from crm_contacts.units.unit import Unit
from crm_contacts.vocabulary import Ownership, StoreKind, UnitKind
from crm_kernel import LocalizedText
from services.contacts.tests.published import published


def test_a_unit_is_told_with_its_name_in_both_languages(the_headquarters: Unit) -> None:
    store = Unit.open(
        code="tianhe",
        name=LocalizedText(en="Tianhe store", zh="天河店"),
        kind=UnitKind.STORE,
        store_kind=StoreKind.SHOP_IN_SHOP,
        ownership=Ownership.FRANCHISED,
        parent=the_headquarters,
        city="广州",
    )

    assert published(store) == {
        "Unit.Opened": f'{{"unit_id":"{store.id}","code":"tianhe","name":{{"en":"Tianhe store","zh":"天河店"}},'
        '"kind":"store","store_kind":"shop_in_shop","ownership":"franchised","parent_code":"hq","city":"广州"}'
    }
