"""The whole site in one file, written while it runs, in a form that no database owns.

A backup is a plain tar: what the site is (``site.json``), its files, its rows as lines of JSON, and ``SHA256SUMS``
last, so that ``tar -xf`` and ``sha256sum -c`` can judge it without us. SQLite and PostgreSQL write and read the same.
"""
