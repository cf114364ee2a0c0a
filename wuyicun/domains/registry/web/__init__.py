"""The pages of people, households and rosters."""
