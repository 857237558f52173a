"""Seats are held and given back, and the next ones found by a walk along one index."""
