"""Reviewers settle what the consensus could not."""
