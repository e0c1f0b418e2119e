"""What an auditor asks of the stores of a house, at work or as files at rest."""
