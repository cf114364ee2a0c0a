"""What a file would do: its rows staged, settled, matched and compared in the database."""
