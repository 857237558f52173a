"""Django's PostgreSQL, with cursors whose statements the server keeps parsed and planned."""
