"""Reports out of the registry: the working book (A1), population tables, the weekly change sheet."""
