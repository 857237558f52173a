import redis
from django.conf import settings


def test_the_embedded_valkey_listens_on_a_socket_that_only_its_owner_may_use(valkey):
    assert valkey.answers()
    assert valkey.socket.stat().st_mode & 0o077 == 0
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        assert client.config_get("port") == {"port": "0"}
