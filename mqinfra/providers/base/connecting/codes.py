"""Codes of connecting, one per cause and the same for every broker, and the numbers that causes had before.

MQ33x and MQ41x are around reaching servers, MQ72x and MQ77x around proving who is who.
"""

from collections.abc import Mapping
from types import MappingProxyType

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity

OTHER_CLUSTER = Code(
    "MQ330",
    "another cluster than the one named",
    "The cluster is not the one that `clusterId` names. Nothing was read from it or written to it. Correct the "
    "address, or `clusterId` if the cluster was rebuilt.\n\n"
    "Of Kafka it is the cluster's id; of RabbitMQ its name (`rabbitmqctl cluster_status`, `rabbitmqctl "
    "set_cluster_name`). On Redis Cluster it is the id of any of its nodes (`CLUSTER MYID`) or shards; without "
    "Cluster, Redis has no identity that outlives a restart, and the addresses of the servers stand for it.",
    bad="clusters:\n  redis: {type: redis, nodes: ['staging:6379'], clusterId: 'prod:6379'}",
    good="clusters:\n  redis: {type: redis, nodes: ['staging:6379'], clusterId: 'staging:6379'}",
)
UNREACHABLE = Code(
    "MQ414",
    "no server can be reached",
    "None of the addresses answered: the connection was refused, or nothing came back at all.\n\nRefused means that "
    "the machine is up and nothing listens on the port: the broker is down, the port is wrong, or with RabbitMQ the "
    "management plugin is off (`rabbitmq-plugins enable rabbitmq_management`). Silence means a firewall, a wrong "
    "address or a server that hangs. Check the addresses under `clusters:`, and that this machine may reach them.",
    bad="clusters:\n  redis: {type: redis, nodes: ['redis-1:6739']}",
    good="clusters:\n  redis: {type: redis, nodes: ['redis-1:6379']}",
)
UNKNOWN_HOST = Code(
    "MQ415",
    "a server's host name does not resolve",
    "DNS has no address for it: a typing error, or a name that is known only inside another network. When the name is "
    "not in the block of the cluster, it is what the deployment itself announces: Kafka's `advertised.listeners`, or "
    "Redis's `replica-announce-ip`, `cluster-announce-hostname`, `sentinel announce-ip`.",
    bad="clusters:\n  kafka: {type: kafka, bootstrap: 'brokr-1:9092'}",
    good="clusters:\n  kafka: {type: kafka, bootstrap: 'broker-1:9092'}",
)
TLS_FAILED = Code(
    "MQ416",
    "no secure connection",
    "The TLS handshake failed: the certificate is not signed by an authority that is trusted here, it is for another "
    "name, it has expired, or the server requires a client certificate.\n\n"
    "Give the authority's certificate as `ca` of the `tls` block, and connect by a name that the server's certificate "
    "carries.",
    bad="clusters:\n  redis: {type: redis, nodes: ['redis-1:6380'], tls: true}    # signed by the company's authority",
    good="clusters:\n  redis: {type: redis, nodes: ['redis-1:6380'], tls: {ca: /etc/redis/ca.pem}}",
)
NOT_READ = Code(
    "MQ418",
    "the cluster did not answer",
    "The connection was open, but a read request got no answer, or the answer that it can't be served now. Nothing "
    "was written. Try again, with a larger `--timeout` if the cluster is slow.",
)
WRONG_PROTOCOL = Code(
    "MQ454",
    "the port speaks another protocol",
    "A port of a broker speaks either TLS or plain text. This one differs from the block of the cluster, or it is not "
    "the broker's at all: a web server, a proxy, or the port of another service.\n\n"
    "Compare the port with the broker's own configuration. RabbitMQ's management API is usually at 15671 with TLS and "
    "at 15672 without.",
    bad="bootstrap: broker-1:9093          # the TLS listener\nsecurity: {}",
    good="bootstrap: broker-1:9093\nsecurity:\n  tls:\n    ca: /etc/kafka/ca.pem",
)
BAD_CLIENT = Code(
    "MQ456",
    "the client can't be set up",
    "The client refused the connection's settings before it sent anything, usually because of a file that can't be "
    "read or a wrong passphrase.",
)
LOGIN_FAILED = Code(
    "MQ720",
    "the login was refused",
    "User, password or token is wrong, the user is disabled or may not log in from here (as RabbitMQ's `guest` from "
    "another machine), the server does not offer the login mechanism, or it requires a login and none was given. "
    "Check the user name and the reference under `password`; its value is never shown.",
    bad="clusters:\n  redis: {type: redis, nodes: ['redis-1:6379']}    # the server has `requirepass`",
    good="clusters:\n  redis: {type: redis, nodes: ['redis-1:6379'], password: {env: REDIS_PASSWORD}}",
)
NOT_ALLOWED = Code(
    "MQ721",
    "missing permission",
    "The login worked, but the server refused a request that mqinfra can't do without. The message names the "
    "permission; an administrator can grant it.\n\n"
    "RabbitMQ's management API requires a tag on the user: `management` for queues, exchanges and bindings of vhosts "
    "that it may use, `policymaker` for policies and parameters too, `monitoring` to see all vhosts and nodes, "
    "`administrator` for users, vhosts and permissions.",
)
UNVERIFIED = Code(
    "MQ722",
    "the server's identity is not verified",
    "Without a check of its certificate and name, anyone in between can impersonate the server, read everything and "
    "take the password.",
    severity=Severity.WARNING,
    bad="tls: {verify: false}",
    good="tls: {ca: /etc/kafka/ca.pem}",
)
PLAINTEXT_CREDENTIALS = Code(
    "MQ723",
    "a password without TLS",
    "The connection is not encrypted. Redis's AUTH, HTTP, AMQP and Kafka's PLAIN send the password as it is, "
    "OAUTHBEARER sends the token, and SCRAM enough to guess a weak password from.",
    severity=Severity.WARNING,
    bad="allowPlaintextCredentials: true",
    good="tls: {ca: /etc/redis/ca.pem}",
)
ANNOUNCED = Code(
    "MQ770",
    "an announced address that gets no credentials",
    "Credentials go to the addresses in the block of the cluster. Replicas, nodes of a Redis Cluster, the master that "
    "a Sentinel names, and the advertised listeners of Kafka are addresses that the servers name themselves: whoever "
    "can change what one server says could have the password sent anywhere. So they are held to the same rule, no "
    "password without TLS to another machine, and to `announced` where the block has it: a list of `host` or "
    "`host:port`, with `*` for any characters; `announced: []` keeps to what is declared.",
    bad="clusters:\n  redis: {type: redis, nodes: ['localhost:6379'], password: {env: REDIS_PASSWORD}}\n"
    "# and the server announces a replica at 10.0.0.7:6379",
    good="clusters:\n  redis:\n    {type: redis, nodes: ['redis-1:6380'], tls: true, password: {env: REDIS_PASSWORD}, "
    "announced: ['redis-*']}",
)
UNKNOWN_SHAPE = Code(
    "MQ771",
    "unexpected response",
    "The server speaks the broker's protocol, but its response has an unexpected shape: a string where a mapping "
    "belongs, or a missing name. Something else may be at the address, or in between. Nothing was written because of "
    "it. If it is the broker itself, mqinfra has a bug: please report the message, which names the place in the code "
    "and nothing of the response, with the version of the broker.",
)

CODES = (
    OTHER_CLUSTER,
    UNREACHABLE,
    UNKNOWN_HOST,
    TLS_FAILED,
    NOT_READ,
    WRONG_PROTOCOL,
    BAD_CLIENT,
    LOGIN_FAILED,
    NOT_ALLOWED,
    UNVERIFIED,
    PLAINTEXT_CREDENTIALS,
    ANNOUNCED,
    UNKNOWN_SHAPE,
)

FORMER: Mapping[str, Code] = MappingProxyType(
    {
        "MQ451": UNREACHABLE,
        "MQ452": UNKNOWN_HOST,
        "MQ453": TLS_FAILED,
        "MQ455": OTHER_CLUSTER,
        "MQ457": NOT_READ,
        "MQ460": UNREACHABLE,
        "MQ461": UNKNOWN_HOST,
        "MQ462": TLS_FAILED,
        "MQ464": NOT_READ,
        "MQ465": OTHER_CLUSTER,
        "MQ751": LOGIN_FAILED,
        "MQ752": NOT_ALLOWED,
        "MQ753": UNVERIFIED,
        "MQ754": PLAINTEXT_CREDENTIALS,
        "MQ760": LOGIN_FAILED,
        "MQ761": NOT_ALLOWED,
        "MQ762": UNVERIFIED,
        "MQ763": PLAINTEXT_CREDENTIALS,
    }
)
"""Numbers from when every broker had codes of its own; they stay explained and are never given again."""
