"""待定: what an import leaves to a person, and deciding it."""
