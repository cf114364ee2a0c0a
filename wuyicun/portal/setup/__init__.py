"""The first day: an empty installation is set up by whoever holds the one-time code from the terminal."""
