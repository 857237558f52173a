from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Serve the site on one port, as part of the embedded shape."

    def add_arguments(self, parser: ArgumentParser) -> None:
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("--port", type=int, help="listen on this port of 127.0.0.1")
        where.add_argument("--fd", type=int, help="serve this listening socket, inherited from the parent process")

    def handle(self, *args: Any, port: int | None, fd: int | None, **options: Any) -> None:
        from civictasks.asgi import application, bridge
        from civictasks.serving import serve  # installs Twisted's reactor

        serve(application, f"fd:fileno={fd}" if fd else f"tcp:port={port}:interface=127.0.0.1", bridge)
