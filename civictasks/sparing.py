"""Spare each request what Django does at every one and this site has no use for: a fifteenth of what a request of the
loop costs around its view.
"""

from django.conf import LazySettings
from django.core.signals import request_started
from django.db import close_old_connections, reset_queries


def spare() -> None:
    """Called once by a web server.

    Django looks after its connections when a request begins and again when it ends; the end will do. The list of
    queries that it empties is kept for debugging only. And each look at a setting first asks whether the settings stand
    in for another object's special methods, which they never do.
    """
    request_started.disconnect(close_old_connections)
    request_started.disconnect(reset_queries)
    LazySettings.__getattribute__ = object.__getattribute__  # type: ignore[method-assign]
