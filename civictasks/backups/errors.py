class BackupError(Exception):
    """A backup cannot be made or used; ``str(error)`` says why and what to do."""
