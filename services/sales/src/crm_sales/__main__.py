"""`python -m crm_sales serve | relay | project | work | run`."""

from crm_chassis.process import main
from crm_sales.service import SERVICE

if __name__ == "__main__":
    main(SERVICE)
