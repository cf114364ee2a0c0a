"""The words that clerks use for columns and values; the only place where Chinese is read."""
