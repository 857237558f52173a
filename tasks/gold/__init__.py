"""Lines whose answer is known: marked, promoted, asked as checks, taught from."""
