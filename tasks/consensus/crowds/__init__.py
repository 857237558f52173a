"""The consensus of a whole crowd at once: every volunteer's skill and every task's value are estimated together."""
