"""How far an answer is believed: by who gave it, and by how it came."""
