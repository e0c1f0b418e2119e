"""What services promise each other, kept for ever: shapes, records, stored facts, and who hears what."""
