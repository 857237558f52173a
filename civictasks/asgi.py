"""One port for all: sockets go to Channels on the event loop, every HTTP request to the WSGI application."""

from .wsgi import application as wsgi  # first: it sets Django up, and what follows imports models

# isort: split
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.urls import re_path

from gamification.routing import websocket_urlpatterns as boards
from ingestion.routing import websocket_urlpatterns as batches

from .bridge import Message, Receive, Send, WSGIBridge


async def no_such_socket(scope: Message, receive: Receive, send: Send) -> None:
    await send({"type": "websocket.close"})


sockets = [
    *boards,
    *batches,
    re_path("", no_such_socket),  # type: ignore[arg-type]  # the stubs know views only
]
bridge = WSGIBridge(wsgi, settings.HTTP_THREADS)
application = ProtocolTypeRouter(
    {
        "http": bridge,
        "websocket": AllowedHostsOriginValidator(URLRouter(sockets)),
    }
)
