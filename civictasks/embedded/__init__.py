"""The embedded shape: Valkey from its wheel and the processes of a small archive, under one supervisor."""
