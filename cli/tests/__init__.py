"""The tests of `crm`, on running services and on the files that they leave."""
