"""Doing what a file says, in one transaction, and keeping what was there before."""
