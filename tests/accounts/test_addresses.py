"""Where a request comes from: what a proxy of ours says counts, what a client says about itself never does."""

from ipaddress import ip_address, ip_network

import pytest
from django.test import RequestFactory

from accounts.addresses import network_of

HERE, THERE = "203.0.113.7", "198.51.100.9"
CDN, PROXY = "192.0.2.1", "10.0.0.2"


def asked(sender: str, forwarded: str | None = None) -> bytes | None:
    more = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return network_of(RequestFactory().get("/", REMOTE_ADDR=sender, **more))


@pytest.fixture(autouse=True)
def proxies(settings):
    settings.TRUSTED_PROXIES = (ip_network(PROXY), ip_network("192.0.2.0/24"))
    settings.VOUCHED_NETWORKS = (ip_network("198.51.100.64/26"), ip_network("2001:db8:77::/48"))


@pytest.mark.parametrize(
    ("sender", "forwarded", "client"),
    [
        (HERE, None, HERE),
        (HERE, THERE, HERE),  # a client's own word
        (HERE, f"{THERE}, {PROXY}", HERE),
        (PROXY, HERE, HERE),
        (PROXY, f"{THERE}, {HERE}", HERE),  # the proxy put the true one behind what it was told
        (PROXY, f"{THERE},{HERE}, {CDN}", HERE),
        (PROXY, f"{PROXY}, {HERE}", HERE),
        ("", HERE, HERE),  # nginx, over its Unix socket
        ("", f"{THERE}, {HERE}", HERE),
        (f"::ffff:{HERE}", None, HERE),
        (PROXY, f"::ffff:{HERE}", HERE),
    ],
)
def test_the_client_is_who_the_last_trusted_proxy_names(sender, forwarded, client):
    assert asked(sender, forwarded) == ip_address(client).packed


@pytest.mark.parametrize(
    ("sender", "forwarded"),
    [
        *((address, None) for address in ("127.0.0.1", "::1", "10.1.2.3", "172.31.0.1", "192.168.1.9", "100.64.0.1")),
        *((address, None) for address in ("169.254.3.4", "fe80::1", "fe80::1%eth0", "fd12::1", "::ffff:10.0.0.9")),
        ("198.51.100.65", None),  # vouched
        ("2001:db8:77:1::5", None),
        (PROXY, "198.51.100.65"),
        ("", None),  # a proxy that does not say
        ("", ""),
        (PROXY, "someone"),
        (PROXY, f"{HERE}, someone"),
        ("nonsense", HERE),
    ],
)
def test_who_shares_a_network_with_no_matter_whom_is_of_none(sender, forwarded):
    assert asked(sender, forwarded) is None


def test_a_household_is_one_network_in_either_version():
    assert asked("2001:db8:1:2::5") == asked("2001:db8:1:2:ffff::1") != asked("2001:db8:1:3::5")
    assert len({asked(HERE), asked(THERE), asked("2001:db8:1:2::5")}) == 3
