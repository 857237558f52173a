"""Settings from the environment: wrong ones name their variable, and none tells a password."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from civictasks.environment import database, env_bool, env_int, env_networks, redis_url

DATA = Path("/nowhere")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://anna:p%40ss@db.example:5433/civic", ("civic", "anna", "p@ss", "db.example", "5433", {})),
        ("postgres://anna@db/civic?sslmode=verify-full", ("civic", "anna", "", "db", "", {"sslmode": "verify-full"})),
        ("postgresql:///civic?host=/run/postgresql", ("civic", "", "", "/run/postgresql", "", {})),
        ("postgresql://anna@%2FRun%2FPg/civic", ("civic", "anna", "", "/Run/Pg", "", {})),
    ],
)
def test_the_address_of_a_database_is_read_as_its_own_tools_read_it(url, expected):
    read = database(url, DATA)

    assert isinstance(read["OPTIONS"], dict)
    more = {name: value for name, value in read["OPTIONS"].items() if name.startswith("ssl")}
    assert (*[read[part] for part in ("NAME", "USER", "PASSWORD", "HOST", "PORT")], more) == expected


@pytest.mark.parametrize(
    "url",
    [
        "mysql://anna:hunter2@db/civic",
        "anna:hunter2@db/civic",
        "postgresql://anna:hunter2@db",
        "postgresql://a:hunter2@db:x/c?y",
    ],
)
def test_a_wrong_address_of_a_database_is_told_without_its_password(url):
    with pytest.raises(
        ImproperlyConfigured, match=r"^DATABASE_URL .*: write postgresql://USER:PASSWORD@HOST/NAME"
    ) as caught:
        database(url, DATA)

    assert "hunter2" not in str(caught.value)


def test_without_an_address_the_data_folder_holds_the_database():
    assert database(None, DATA)["NAME"] == "/nowhere/civictasks.sqlite3"


def test_what_is_deleted_is_overwritten_whatever_sqlite_was_built_with():
    with closing(sqlite3.connect(":memory:")) as careless:
        careless.execute("PRAGMA secure_delete=OFF")
        careless.executescript(database(None, DATA)["OPTIONS"]["init_command"])
        assert careless.execute("PRAGMA secure_delete").fetchone() == (1,)


@pytest.mark.parametrize("url", ["redis://r:6379/1", "rediss://:secret@r/0", "unix:///run/valkey?db=2"])
def test_redis_may_be_anywhere(monkeypatch, url):
    monkeypatch.setenv("REDIS_URL", url)

    assert redis_url(DATA) == url


def test_a_wrong_address_of_redis_names_its_variable(monkeypatch):
    monkeypatch.setenv("REDIS_URL", "localhost:6379")

    with pytest.raises(ImproperlyConfigured, match=r"^REDIS_URL does not begin with redis://"):
        redis_url(DATA)


@pytest.mark.parametrize(("read", "value"), [(env_bool, "maybe"), (env_int, "four")])
def test_other_wrong_values_name_their_variable(monkeypatch, read, value):
    monkeypatch.setenv("A_VARIABLE", value)

    with pytest.raises(ImproperlyConfigured, match=f"^A_VARIABLE is '{value}': write"):
        read("A_VARIABLE", 1)


def test_networks_are_read_with_or_without_their_length(monkeypatch):
    monkeypatch.setenv("VOUCHED_NETWORKS", "198.51.100.7, 203.0.113.9/24,2001:db8::/48,")

    read = [str(network) for network in env_networks("VOUCHED_NETWORKS")]

    assert read == ["198.51.100.7/32", "203.0.113.0/24", "2001:db8::/48"]


@pytest.mark.parametrize("text", ["library", "10.0.0.0/33", "10.0.0", "198.51.100.0/24 203.0.113.0/24"])
def test_what_is_no_network_names_its_variable(monkeypatch, text):
    monkeypatch.setenv("VOUCHED_NETWORKS", f"2001:db8::/48,{text}")

    with pytest.raises(ImproperlyConfigured, match=f"^VOUCHED_NETWORKS holds '{text}', which is no network: write"):
        env_networks("VOUCHED_NETWORKS")
