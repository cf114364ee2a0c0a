"""Pages of the reports that come out of the registry."""
