"""What the menu shows, in order."""

ITEMS: tuple[object, ...] = ()
