"""`python -m crm_marketing serve | relay | project | work | run`."""

from crm_chassis.process import main
from crm_marketing.service import SERVICE

if __name__ == "__main__":
    main(SERVICE)
