"""Codes of what the Redis provider finds: MQ33x and MQ41x around reaching servers, MQ72x around proving who is who."""

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity

OTHER_CLUSTER = Code(
    "MQ330",
    "another deployment than the one named",
    "What answers is not what `clusterId` says. On Redis Cluster, `clusterId` is the id of any of its nodes (`CLUSTER "
    "MYID`) or shards; without Cluster, Redis has no identity that outlives a restart, and the addresses of the "
    "servers stand for it. Nothing was read or written.",
    bad="clusters:\n  redis: {type: redis, nodes: ['staging:6379'], clusterId: 'prod:6379'}",
    good="clusters:\n  redis: {type: redis, nodes: ['staging:6379'], clusterId: 'staging:6379'}",
)
OTHER_TOPOLOGY = Code(
    "MQ331",
    "the deployment has another shape than declared",
    "`topology` says `single`, `replicas`, `sentinel` or `cluster`, and the servers say otherwise. Correct the address "
    "or leave `topology` out: it follows from what the servers say.",
    bad="clusters:\n  redis: {type: redis, nodes: ['cache:6379'], topology: cluster}    # not a Cluster",
    good="clusters:\n  redis: {type: redis, nodes: ['cache:6379']}",
)
UNREACHABLE = Code(
    "MQ414",
    "no Redis server can be reached",
    "None of the addresses answered: the connection was refused, or nothing came back at all.\n\nRefused means that "
    "the machine is up and nothing listens on the port. Silence means a firewall, a wrong address or a server that "
    "hangs. Check `nodes` under `clusters:`, and that this machine may reach it.",
    bad="clusters:\n  redis: {type: redis, nodes: ['redis-1:6739']}",
    good="clusters:\n  redis: {type: redis, nodes: ['redis-1:6379']}",
)
UNKNOWN_HOST = Code(
    "MQ415",
    "the name of a Redis server does not resolve",
    "The name service knows no address: a typing error, or a name that is known only inside another network. When the "
    "name is not one of `nodes`, it is what the deployment itself announces (`replica-announce-ip`, "
    "`cluster-announce-hostname`, `sentinel announce-ip`).",
    bad="clusters:\n  redis: {type: redis, nodes: ['rediss-1:6379']}",
    good="clusters:\n  redis: {type: redis, nodes: ['redis-1:6379']}",
)
TLS_FAILED = Code(
    "MQ416",
    "no secure connection to Redis",
    "A port of Redis speaks either TLS or plain text, and this one speaks the other; or the certificate is not signed "
    "by an authority that is trusted here, is for another name, or has expired.\n\nGive the authority's certificate "
    "under `tls.ca`, and use the port that fits.",
    bad="clusters:\n  redis: {type: redis, nodes: ['redis-1:6379'], tls: true}    # the plain port",
    good="clusters:\n  redis: {type: redis, nodes: ['redis-1:6380'], tls: {ca: /etc/redis/ca.pem}}",
)
NOT_READY = Code(
    "MQ417",
    "Redis can't serve now",
    "The server answers, and can't do its work: it is loading its data after a start, or its Cluster has slots that "
    "nobody serves. Nothing was written. Wait, or repair the Cluster, and try again.",
)
NOT_READ = Code(
    "MQ418",
    "Redis did not answer",
    "The connection was open, and then a command got no answer, or one that says that it can't be served now. Nothing "
    "was written. Try again, with a larger `--timeout` if the server is slow.",
)
NO_MASTER = Code(
    "MQ419",
    "no server that takes writes",
    "The addresses lead to replicas only, which take no writes. Name the master under `nodes`, or let `sentinel` or a "
    "Cluster find it.",
    bad="clusters:\n  redis: {type: redis, nodes: ['redis-2:6379']}    # a replica",
    good="clusters:\n  redis: {type: redis, nodes: ['redis-1:6379', 'redis-2:6379']}",
)
LOGIN_FAILED = Code(
    "MQ720",
    "Redis refused the login",
    "User or password are wrong, the user is disabled, or the server wants a login and none was given. Check "
    "`username` and the reference under `password`; its value is never shown.",
    bad="clusters:\n  redis: {type: redis, nodes: ['redis-1:6379']}    # the server has `requirepass`",
    good="clusters:\n  redis: {type: redis, nodes: ['redis-1:6379'], password: {env: REDIS_PASSWORD}}",
)
NOT_ALLOWED = Code(
    "MQ721",
    "a right is missing on Redis",
    "The login worked, and then the server refused a command that everything else rests on. The message names the "
    "command; an administrator can grant it with `ACL SETUSER`.",
)
UNVERIFIED = Code(
    "MQ722",
    "Redis does not have to prove who it is",
    "Without a check of its certificate and name, anybody on the way can pass for the server, read everything and "
    "take the password.",
    severity=Severity.WARNING,
    bad="tls: {verify: false}",
    good="tls: {ca: /etc/redis/ca.pem}",
)
PLAINTEXT_CREDENTIALS = Code(
    "MQ723",
    "a password for Redis without TLS",
    "The connection is not encrypted, and Redis's AUTH sends the password as it is.",
    severity=Severity.WARNING,
    bad="allowPlaintextCredentials: true",
    good="tls: {ca: /etc/redis/ca.pem}",
)

CODES = (
    OTHER_CLUSTER,
    OTHER_TOPOLOGY,
    UNREACHABLE,
    UNKNOWN_HOST,
    TLS_FAILED,
    NOT_READY,
    NOT_READ,
    NO_MASTER,
    LOGIN_FAILED,
    NOT_ALLOWED,
    UNVERIFIED,
    PLAINTEXT_CREDENTIALS,
)
