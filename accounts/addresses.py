"""From which network a request comes. The address is looked at and never kept: no row, session or log holds one."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

type Address = IPv4Address | IPv6Address
type Network = IPv4Network | IPv6Network

# Who comes from one of these may be anybody of a house, a company or a provider's whole town.
SHARED_BY_MANY = tuple(
    ip_network(network)
    for network in (
        *("127.0.0.0/8", "::1/128"),  # this machine
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),  # private: RFC 1918, RFC 4193
        *("169.254.0.0/16", "fe80::/10"),  # link-local
        "100.64.0.0/10",  # behind a provider's translation of addresses: RFC 6598
    )
)
UNIX_SOCKET = ""  # what stands for an address there; only a proxy of this machine writes to it


def network_of(request: HttpRequest) -> bytes | None:
    """Return what tells the client's network from others: one IPv4 address, or the first 64 bits of an IPv6 address,
    which is what a household gets.

    None for a visitor who shares it with no matter whom: on this machine, in a private or vouched network, or when
    nobody trusted says where the request comes from.
    """
    address = client_of(request)
    if address is None or is_in(address, SHARED_BY_MANY) or is_in(address, settings.VOUCHED_NETWORKS):
        return None
    return address.packed[:8]


def client_of(request: HttpRequest) -> Address | None:
    """Return the address of whoever sent the request to us, or to a proxy that we trust.

    Each proxy adds to ``X-Forwarded-For`` behind what it was told. So it is read from its end, as long as trusted
    proxies speak; whatever a client wrote into it itself stands further ahead and is never reached.
    """
    heard = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    speaker = request.META.get("REMOTE_ADDR", UNIX_SOCKET)
    address = read(speaker)
    while (speaker == UNIX_SOCKET or (address and is_in(address, settings.TRUSTED_PROXIES))) and heard:
        speaker = heard.pop().strip() or "unknown"
        address = read(speaker)
    return address


def read(text: str) -> Address | None:
    """An IPv4 address that came over IPv6 is one of IPv4."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def is_in(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks)
