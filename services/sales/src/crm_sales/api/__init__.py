"""Sales over HTTP: commands in, read models out."""

from fastapi import APIRouter

from crm_sales.api import leads, opportunities, orders

router = APIRouter(tags=["sales"])
for part in (leads, opportunities, orders):
    router.include_router(part.router)
