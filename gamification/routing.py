from django.urls import URLPattern, path

from .consumers import BoardSocket

websocket_urlpatterns: list[URLPattern] = [path("ws/leaderboards/<str:board>/", BoardSocket.as_asgi())]
