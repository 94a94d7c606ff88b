"""Codes of what connecting to Redis finds beyond what it finds with every broker."""

from mqinfra.model.code import Code

OTHER_TOPOLOGY = Code(
    "MQ331",
    "the deployment's topology differs from `topology`",
    "`topology` says `single`, `replicas`, `sentinel` or `cluster`, and the servers say otherwise. Correct the address "
    "or leave `topology` out: it follows from what the servers say.",
    bad="clusters:\n  redis: {type: redis, nodes: ['cache:6379'], topology: cluster}    # not a Cluster",
    good="clusters:\n  redis: {type: redis, nodes: ['cache:6379']}",
)
NOT_READY = Code(
    "MQ417",
    "Redis is not ready",
    "The server answers, but is not ready: it is loading its data after a start, or its Cluster has unassigned slots. "
    "Nothing was written. Wait, or repair the Cluster, and try again.",
)
NO_MASTER = Code(
    "MQ419",
    "no server that accepts writes",
    "The addresses lead to replicas only, which accept no writes. Name the master under `nodes`, or let `sentinel` or "
    "a Cluster find it.",
    bad="clusters:\n  redis: {type: redis, nodes: ['redis-2:6379']}    # a replica",
    good="clusters:\n  redis: {type: redis, nodes: ['redis-1:6379', 'redis-2:6379']}",
)

CODES = (
    OTHER_TOPOLOGY,
    NOT_READY,
    NO_MASTER,
)
