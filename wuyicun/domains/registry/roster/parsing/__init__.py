"""From cells and layouts to people, households, places and problems."""
