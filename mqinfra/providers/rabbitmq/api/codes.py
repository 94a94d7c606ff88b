"""Codes of what connecting to RabbitMQ finds: MQ46x around reaching servers, MQ76x around proving who is who."""

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity

UNREACHABLE = Code(
    "MQ460",
    "no RabbitMQ server can be reached",
    "None of the addresses under `url` answered: the connection was refused, or nothing came back at all.\n\nRefused "
    "means that the machine is up and nothing listens on the port: RabbitMQ is down, the port is wrong, or the "
    "management plugin is off (`rabbitmq-plugins enable rabbitmq_management`). Silence means a firewall, a wrong "
    "address or a server that hangs.",
    bad="clusters:\n  rabbitmq: {type: rabbitmq, url: 'http://localhost:15627', username: mqinfra}",
    good="clusters:\n  rabbitmq: {type: rabbitmq, url: 'http://localhost:15672', username: mqinfra}",
)
UNKNOWN_HOST = Code(
    "MQ461",
    "the name of a RabbitMQ server does not resolve",
    "The name service knows no address: a typing error under `url` or `amqp`, or a name that is known only inside "
    "another network.",
    bad="clusters:\n  rabbitmq: {type: rabbitmq, url: 'https://rabit-1:15671', username: mqinfra}",
    good="clusters:\n  rabbitmq: {type: rabbitmq, url: 'https://rabbit-1:15671', username: mqinfra}",
)
TLS_FAILED = Code(
    "MQ462",
    "no secure connection to RabbitMQ",
    "A port speaks either TLS or plain text, and this one speaks the other; or the certificate is not signed by an "
    "authority that is trusted here, is for another name, or has expired.\n\nThe management API is usually at 15671 "
    "with TLS and at 15672 without. Give the authority's certificate under `tls.ca`.",
    bad="clusters:\n  rabbitmq: {type: rabbitmq, url: 'https://rabbit-1:15672'}    # the plain port",
    good="clusters:\n  rabbitmq: {type: rabbitmq, url: 'https://rabbit-1:15671', tls: {ca: /etc/rabbitmq/ca.pem}}",
)
NOT_MANAGEMENT = Code(
    "MQ463",
    "what answers is not RabbitMQ's management API",
    "Something else took the call: the AMQP port, a login page, a redirect, or a proxy with a page of its own. "
    "mqinfra follows no redirects, because they could take the credentials elsewhere.\n\nA proxy must hand on the path "
    "as it came. One that decodes or cleans paths breaks `%2F`, which is how the vhost `/` is written: with nginx, "
    "`proxy_pass` without a path behind the host; with Apache, `AllowEncodedSlashes NoDecode` and `nocanon`.",
    bad="clusters:\n  rabbitmq: {type: rabbitmq, url: 'http://rabbit-1:5672'}    # AMQP",
    good="clusters:\n  rabbitmq: {type: rabbitmq, url: 'http://rabbit-1:15672', amqp: 'amqp://rabbit-1:5672'}",
)
NOT_READ = Code(
    "MQ464",
    "RabbitMQ did not answer",
    "The connection was open, and then a call that reads got no answer, or one that says that it can't be served now. "
    "Nothing was written. Try again, with a larger `--timeout` if the server is slow.",
)
OTHER_CLUSTER = Code(
    "MQ465",
    "another RabbitMQ cluster than the one named",
    "What answers is not what `clusterId` says, which is the cluster's name (`rabbitmqctl cluster_status`, "
    "`rabbitmqctl set_cluster_name`). Nothing was read or written.",
    bad="clusters:\n  rabbitmq: {type: rabbitmq, url: 'https://staging:15671', clusterId: prod}",
    good="clusters:\n  rabbitmq: {type: rabbitmq, url: 'https://staging:15671', clusterId: staging}",
)
TOO_OLD = Code(
    "MQ466",
    "this RabbitMQ is too old",
    "mqinfra needs RabbitMQ 3.8 or later: older ones know no quorum queues and tell too little of what they have.",
)
LOGIN_FAILED = Code(
    "MQ760",
    "RabbitMQ refused the login",
    "User or password are wrong, or the user may log in from the server's own machine only, as `guest` may. Check "
    "`username` and the reference under `password`; its value is never shown.",
    bad="clusters:\n  rabbitmq: {type: rabbitmq, url: 'https://rabbit-1:15671', username: guest, password: {env: P}}",
    good="clusters:\n  rabbitmq: {type: rabbitmq, url: 'https://rabbit-1:15671', username: shop, password: {env: P}}",
)
NOT_ALLOWED = Code(
    "MQ761",
    "a right is missing on RabbitMQ",
    "The login worked, and then the server refused what everything else rests on. The management API wants a tag on "
    "the user: `management` for queues, exchanges and bindings of vhosts that it may use, `policymaker` for policies "
    "and parameters too, `monitoring` to see all vhosts and nodes, `administrator` for users, vhosts and permissions.",
)
UNVERIFIED = Code(
    "MQ762",
    "RabbitMQ does not have to prove who it is",
    "Without a check of its certificate and name, anybody on the way can pass for the server, read everything and "
    "take the password.",
    severity=Severity.WARNING,
    bad="tls: {verify: false}",
    good="tls: {ca: /etc/rabbitmq/ca.pem}",
)
PLAINTEXT_CREDENTIALS = Code(
    "MQ763",
    "a password for RabbitMQ without TLS",
    "The connection is not encrypted, and both HTTP and AMQP send the password as it is.",
    severity=Severity.WARNING,
    bad="url: 'http://rabbit-1:15672'\nallowPlaintextCredentials: true",
    good="url: 'https://rabbit-1:15671'",
)

CODES = (
    UNREACHABLE,
    UNKNOWN_HOST,
    TLS_FAILED,
    NOT_MANAGEMENT,
    NOT_READ,
    OTHER_CLUSTER,
    TOO_OLD,
    LOGIN_FAILED,
    NOT_ALLOWED,
    UNVERIFIED,
    PLAINTEXT_CREDENTIALS,
)
