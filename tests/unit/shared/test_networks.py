"""Tests of the networks by which attempts and connections are counted."""

import pytest

from shared.networks import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_a_visitor_has_a_whole_ipv6_network(address: str, network: str) -> None:
    assert network_of(address) == network
