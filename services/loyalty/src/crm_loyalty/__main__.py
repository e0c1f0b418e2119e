"""`python -m crm_loyalty serve | relay | project | work | run`."""

from crm_chassis.process import main
from crm_loyalty.service import SERVICE

if __name__ == "__main__":
    main(SERVICE)
