"""Planners: problem -> solve -> proposal, each with an independent verify. Pure: no Django, no database."""
