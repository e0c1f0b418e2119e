"""How facts are stored, relayed, projected and replayed; knows no business word and no service."""
