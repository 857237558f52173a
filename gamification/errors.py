class UnknownBoard(Exception):
    """No such board, or a project that is still a draft; ``str(error)`` is fit for a person."""
