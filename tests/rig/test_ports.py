"""Ports that stay free while a server is restarted."""

from tests.rig.ports import first_ephemeral, free_port


def test_no_outgoing_connection_is_given_one_of_them():
    assert max(free_port() for _ in range(20)) < first_ephemeral()


def test_none_is_given_twice():
    given = [free_port() for _ in range(200)]
    assert len(set(given)) == len(given)
