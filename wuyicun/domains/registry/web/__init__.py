"""The pages of people, households and places."""
