"""SQLite for several threads: Django finds the backend in the module ``base``."""
