"""Public events of orders: each as it goes on the wire."""

from crm_sales.orders.order import Order
from services.sales.tests.published import CUSTOMER, ORDER_ID, published, yuan


def test_an_order_is_told_with_its_lines_its_payment_and_its_return(a_returned_order: Order) -> None:
    assert published(a_returned_order) == {
        "Placed": f'{{{CUSTOMER},{ORDER_ID},"lines":['
        f'{{"line":1,"sku":"X2-256-BLK","name":"X2 手机","quantity":1,"unit_price":{yuan("4999.00")},'
        f'"total":{yuan("4999.00")},"assistant":"li.na"}},'
        f'{{"line":2,"sku":"CASE-X2","name":"X2 保护壳","quantity":3,"unit_price":{yuan("39.00")},'
        f'"total":{yuan("100.00")},"assistant":null}}],"total":{yuan("5099.00")},"unit":"tianhe","channel":"store",'
        '"opportunity_id":"00000000-0000-0000-0000-000000000002","campaign_code":"CM-2026-048"}',
        "PaymentTaken": f'{{{CUSTOMER},"payment_id":"00000000-0000-0000-0000-000000000004",{ORDER_ID},'
        f'"amount":{yuan("5099.00")},"means":"mobile","outstanding":{yuan("0.00")}}}',
        "Returned": f'{{{CUSTOMER},"return_id":"00000000-0000-0000-0000-000000000005",{ORDER_ID},"lines":['
        f'{{"line":1,"sku":"X2-256-BLK","quantity":1,"refund":{yuan("4999.00")}}},'
        f'{{"line":2,"sku":"CASE-X2","quantity":3,"refund":{yuan("100.00")}}}],'
        f'"refund":{yuan("5099.00")},"whole":true,"order_total":{yuan("5099.00")},"reason":"It flickers"}}',
    }
