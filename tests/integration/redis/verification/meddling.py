"""Somebody who meddles with canaries or their server while a verification runs."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from tests.brokers.redis.admin import Admin
from tests.brokers.redis.deployment import RedisDeployment
from tests.integration.beside import beside

Act = Callable[[Admin], None]


@contextmanager
def meddling(deployment: RedisDeployment, act: Act, every: float = 0.0) -> Iterator[None]:
    """Do something to the one node over and over, over a connection of its own."""
    admin = Admin(deployment.port, deployment.settings.password)

    def work(over: threading.Event) -> None:
        while not over.wait(every):
            act(admin)

    with closing(admin), beside(work, "meddling"):
        yield


def script(lua: str) -> Act:
    """A script that gets every canary stream as `key`, in one step of the server."""
    found = "for _, key in ipairs(redis.call('KEYS', '__mqinfra_canary.*')) do "
    return lambda admin: admin.call("EVAL", found + lua + " end", "0")


TRIMS = script("redis.call('XTRIM', key, 'MAXLEN', '0')")
COPIES = script(
    "local one = redis.call('XRANGE', key, '-', '+', 'COUNT', '1')[1] "
    "if one and redis.call('XLEN', key) < 5000 then redis.call('XADD', key, '*', unpack(one[2])) end"
)
CHANGES = script(
    "local one = redis.call('XREVRANGE', key, '+', '-', 'COUNT', '1')[1] "
    "if one then local fields = one[2] fields[#fields] = 'changed' "
    "redis.call('XDEL', key, one[1]) redis.call('XADD', key, '*', unpack(fields)) end"
)
ADDS = script("if redis.call('XLEN', key) > 0 then redis.call('XADD', key, '*', 'from', 'a stranger') end")
TURNS = script(
    "local one = redis.call('XRANGE', key, '-', '+', 'COUNT', '1')[1] "
    "if one then redis.call('XDEL', key, one[1]) redis.call('XADD', key, '*', unpack(one[2])) end"
)
SKIPS = script("pcall(function() redis.call('XGROUP', 'SETID', key, 'one', '99999999999999-0') end)")
ACCEPTS = script(
    "pcall(function() for _, one in ipairs(redis.call('XPENDING', key, 'crash', '-', '+', '1000')) do "
    "redis.call('XACK', key, 'crash', one[1]) end end)"
)
GIVES_AGAIN = script("pcall(function() redis.call('XGROUP', 'SETID', key, 'crash', '0') end)")
GIVES_NOTHING = script("pcall(function() redis.call('XGROUP', 'SETID', key, 'again', '99999999999999-0') end)")
REPEATS = script("pcall(function() redis.call('XGROUP', 'SETID', key, 'one', '0') end)")

FORGETS = script(
    "local seconds = tostring(100 + redis.call('XLEN', key) % 7) "
    "pcall(function() redis.call('XCFGSET', key, 'IDMP-DURATION', seconds) end)"
)
"""A changed setting forgets the ids of producers, which is why an apply never sends one that is the same."""


def pauses(admin: Admin) -> None:
    """Let the server take no writes for a while."""
    admin.call("CLIENT", "PAUSE", "1500", "WRITE")
