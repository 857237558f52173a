"""One port for all: sockets go to Channels on the event loop, requests by the bridge to the WSGI application."""

from .wsgi import application as wsgi  # first: it sets Django up, and what follows imports models

# isort: split
from collections.abc import Awaitable, Callable
from typing import Any

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.urls import re_path

from gamification.routing import websocket_urlpatterns as boards
from ingestion.routing import websocket_urlpatterns as batches

from .bridge import Bridge


async def no_such_socket(scope: Any, receive: Any, send: Callable[[dict[str, str]], Awaitable[None]]) -> None:
    await send({"type": "websocket.close"})


sockets = [
    *boards,
    *batches,
    re_path("", no_such_socket),  # type: ignore[arg-type]  # the stubs know views only
]
bridge = Bridge(wsgi, settings.HTTP_THREADS)
application = ProtocolTypeRouter({"websocket": AllowedHostsOriginValidator(URLRouter(sockets))})
