"""`python -m crm_support serve | relay | project | work | run`."""

from crm_chassis.process import main
from crm_support.service import SERVICE

if __name__ == "__main__":
    main(SERVICE)
