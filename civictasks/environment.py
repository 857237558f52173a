"""Settings read from the environment: every error names its variable and says what would be right."""

import hashlib
import os
import secrets
import tempfile
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}
SOCKET_PATH_LIMIT = 100  # bytes; a Unix socket's path holds at most 107, Valkey appends nothing


def env_bool(name: str, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() in TRUE | FALSE:
        return value.lower() in TRUE
    raise ImproperlyConfigured(f"{name} is {value!r}: write 1 or 0.")


def env_int(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}: write a whole number.") from None


def env_list(name: str, default: list[str]) -> list[str]:
    value = os.environ.get(name)
    return default if value is None else [part.strip() for part in value.split(",") if part.strip()]


def env_networks(name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Return addresses and networks parted by commas; an address is a network of one."""
    return tuple(network(name, part) for part in env_list(name, []))


def network(name: str, text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} holds {text!r}, which is no network: write addresses or networks with commas between them, for "
            "example 198.51.100.7, 203.0.113.0/24, 2001:db8::/48."
        ) from None


def kept_secret(path: Path) -> str:
    """Return the secret kept in ``path`` (mode 0600), made at the first call."""
    try:
        return path.read_text()
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(f".{os.getpid()}")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        os.link(new, path)  # the first of several processes wins; the others read its secret
    except FileExistsError:
        pass
    new.unlink()
    return path.read_text()


def database(url: str | None, data: Path) -> dict[str, object]:
    """Return Django's ``DATABASES['default']``: SQLite in the data folder, or PostgreSQL by ``DATABASE_URL``.

    The address is libpq's: a host or the folder of a Unix socket, and any option such as ``sslmode`` after the ``?``.
    """
    return postgresql(url) if url else sqlite(data / "civictasks.sqlite3")


def postgresql(url: str) -> dict[str, object]:
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    right = "write postgresql://USER:PASSWORD@HOST/NAME, or postgresql://USER@/NAME?host=FOLDER for a Unix socket."
    if urlsplit(url).scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"DATABASE_URL does not begin with postgresql://: {right}")
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError:  # whose words may hold the password
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read: {right}") from None
    name = parts.pop("dbname", None)
    if not name:
        raise ImproperlyConfigured(f"DATABASE_URL names no database: {right}")
    return {
        "ENGINE": "civictasks.postgresql",
        "NAME": name,
        **{key.upper(): parts.pop(key, None) or "" for key in ("user", "password", "host", "port")},
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, "application_name": "civictasks"} | parts,
    }


def sqlite(path: Path, synchronous: str = "FULL") -> dict[str, object]:
    """FULL: an acknowledged answer is on disk. IMMEDIATE: a transaction that will write never meets a stale read.
    Secure: what is deleted, a salt or a name, does not stay legible in the file, whatever SQLite was built with."""
    return {
        "ENGINE": "civictasks.sqlite",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": f"PRAGMA journal_mode=WAL;PRAGMA synchronous={synchronous};PRAGMA mmap_size=268435456;"
            "PRAGMA journal_size_limit=27103364;PRAGMA cache_size=-20000;PRAGMA temp_store=MEMORY;"
            "PRAGMA secure_delete=ON;",
        },
    }


def redis_url(data: Path) -> str:
    """Return the address in ``REDIS_URL``, or that of the embedded Valkey."""
    url = os.environ.get("REDIS_URL")
    if url and urlsplit(url).scheme not in {"redis", "rediss", "unix"}:
        raise ImproperlyConfigured(
            "REDIS_URL does not begin with redis://, rediss:// or unix://: write redis://HOST:6379/0, rediss://… for "
            "TLS, or unix:///PATH?db=0 for a Unix socket."
        )
    return url or embedded_redis_url(data)


def embedded_redis_url(data: Path) -> str:
    """Return the address of the embedded Valkey's Unix socket: in the data folder, or, where its path would be too
    long for a socket, in a folder of the user's runtime directory named after the data folder."""
    path = data / "valkey" / "socket"
    if len(os.fsencode(path)) > SOCKET_PATH_LIMIT:
        name = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
        path = Path(tempfile.gettempdir()) / f"civictasks-{os.getuid()}-{name}" / "socket"
    return f"unix://{path}?db=0"
