"""`python -m crm_contacts serve | relay | project | work | run`."""

from crm_chassis.process import main
from crm_contacts.service import SERVICE

if __name__ == "__main__":
    main(SERVICE)
