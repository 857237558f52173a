"""Builders: each fills in what a test does not talk about."""
