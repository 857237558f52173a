"""Pages of the archivist's desk; what they set going lies in ``curating``."""
