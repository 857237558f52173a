"""Votes are weighed and tasks decided, or others asked to choose, and listeners hear of it."""
