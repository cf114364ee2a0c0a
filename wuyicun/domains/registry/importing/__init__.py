"""Importing a roster: what a file would do (staged, matched and compared in the database), doing it, undoing it."""
