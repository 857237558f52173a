"""A small WSGI application behind the bridge and the server, for the tests of both: ``python -m … FD``."""

import hashlib
import sys
import time
from collections.abc import Iterator

import django

from civictasks.bridge import Bridge
from civictasks.serving import serve

UPLOAD = "/api/v1/projects/trial/batches"
PIECE = b"x" * 2**16
closed = 0


class Stream:
    """Pieces one by one, as Django's streaming responses have them."""

    streaming = True

    def __init__(self, pieces: int) -> None:
        self.pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        for _piece in range(self.pieces):
            yield PIECE
            time.sleep(0.0001)

    def close(self) -> None:
        global closed
        closed += 1


def application(environ, start_response):
    path = environ["PATH_INFO"]
    if "HTTP_X_STRANGER" in environ:
        start_response("401 Unauthorized", [])
        return [environ["CONTENT_LENGTH"].encode() + b" " + str(len(environ["wsgi.input"].read())).encode()]
    if path in {"/stream", "/api/stream"}:
        length = [("Content-Length", str(1000 * len(PIECE))), ("X-Kept", "yes"), ("ETag", '"x"')]
        start_response("200 OK", length)
        return Stream(1000)
    if path == "/endless":
        start_response("200 OK", [])
        return Stream(sys.maxsize)
    if path == "/short":
        start_response("200 OK", [("Content-Length", str(len(PIECE)))])
        return Stream(1)
    if path == "/unchanged":
        start_response("304 Not Modified", [("ETag", '"x"')])
        return Stream(0)
    if path == "/fails":
        raise RuntimeError("the application fails")
    if path == "/slow":
        time.sleep(0.3)
    body = environ["wsgi.input"]
    digest = hashlib.sha256()
    while piece := body.read(2**16):
        digest.update(piece)
    told = {
        "/closed": lambda: str(closed),
        "/body": lambda: f"{environ['CONTENT_LENGTH']} {digest.hexdigest()}",
        UPLOAD: lambda: f"{environ['CONTENT_LENGTH']} {digest.hexdigest()}",
        "/héa ders": lambda: " ".join(f"{key}={environ[key]}" for key in sorted(environ) if key.startswith("HTTP_X")),
        "/cookie": lambda: environ["HTTP_COOKIE"],
    }
    text = told.get(path.encode("latin-1").decode(), lambda: "small")().encode()
    start_response("200 OK", [("Content-Length", str(len(text)))])
    return [text]


if __name__ == "__main__":
    django.setup()  # for translations
    serve(None, f"fd:fileno={sys.argv[1]}", Bridge(application, 4))
