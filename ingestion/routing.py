from channels.auth import AuthMiddlewareStack
from django.urls import URLPattern, path

from .consumers import BatchSocket

websocket_urlpatterns: list[URLPattern] = [
    path("ws/batches/<int:number>/", AuthMiddlewareStack(BatchSocket.as_asgi())),
]
