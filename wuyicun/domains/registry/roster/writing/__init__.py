"""Workbooks that go back to the clerk."""
