"""The socket of a board: it says that the board changed, the browser then fetches what."""

from tasks.machinery.sockets import NewsSocket

from .relaying import Relay


class BoardSocket(NewsSocket):
    RELAY, TOPIC = Relay, "board"
