"""Codes of what the Kafka provider finds: MQ45x around reaching a cluster, MQ75x around proving who is who."""

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity

UNREACHABLE = Code(
    "MQ451",
    "no broker can be reached",
    "None of the bootstrap addresses answered: the connection was refused, or nothing came back at all.\n\n"
    "Refused means that the machine is up and nothing listens on the port. Silence means a firewall, a wrong address "
    "or a broker that hangs. Check `bootstrap` under `clusters:`, and that this machine may reach it.",
    bad="clusters:\n  kafka:\n    type: kafka\n    bootstrap: broker-1:9029",
    good="clusters:\n  kafka:\n    type: kafka\n    bootstrap: broker-1:9092",
)
UNKNOWN_HOST = Code(
    "MQ452",
    "the name of a broker does not resolve",
    "The name service knows no address for a broker: a typing error, or a name that is known only inside another "
    "network. When the name is not one of `bootstrap`, it is what the cluster itself advertises "
    "(`advertised.listeners`).",
    bad="clusters:\n  kafka:\n    type: kafka\n    bootstrap: brokr-1:9092",
    good="clusters:\n  kafka:\n    type: kafka\n    bootstrap: broker-1:9092",
)
TLS_FAILED = Code(
    "MQ453",
    "no secure connection to the broker",
    "The TLS handshake failed: the certificate is not signed by an authority that is trusted here, it is for another "
    "name, it has expired, or the broker wants a certificate from the client.\n\nGive the authority's certificate "
    "under `security.tls.ca`, and connect by a name that the broker's certificate carries.",
    bad="security:\n  tls: true                     # signed by the company's own authority",
    good="security:\n  tls:\n    ca: /etc/kafka/ca.pem",
)
WRONG_PROTOCOL = Code(
    "MQ454",
    "the port speaks another protocol",
    "A listener of a broker speaks either plain text or TLS, with or without login. This one speaks another than "
    "`security` says, or it is not Kafka at all.",
    bad="bootstrap: broker-1:9093          # the TLS listener\nsecurity: {}",
    good="bootstrap: broker-1:9093\nsecurity:\n  tls:\n    ca: /etc/kafka/ca.pem",
)
OTHER_CLUSTER = Code(
    "MQ455",
    "another cluster than the one named",
    "The cluster behind the address has another id than `clusterId` says. Nothing was read from it or written to it. "
    "Correct the address, or the id if the cluster was rebuilt.",
    bad="clusters:\n  kafka: {type: kafka, bootstrap: 'staging:9092', clusterId: <id of production>}",
    good="clusters:\n  kafka: {type: kafka, bootstrap: 'staging:9092', clusterId: <id of staging>}",
)
BAD_CLIENT = Code(
    "MQ456",
    "the client can't be set up",
    "The Kafka client refused the connection's settings before it sent anything, mostly for a file that can't be read "
    "or a passphrase that does not fit.",
)
NOT_READ = Code(
    "MQ457",
    "the cluster did not answer",
    "The connection was open, and then a request got no answer, or one that says that the cluster can't serve it now. "
    "Nothing was written. Try again, with a larger `--timeout` if the cluster is slow.",
)
BEHIND = Code(
    "MQ458",
    "the brokers don't agree on which topics there are",
    "Brokers learn of new and deleted topics one after the other: after thousands of changes it takes them up to a "
    "minute. A list of everything that one of them gives is incomplete in that time and does not say so. So the "
    "brokers' lists are compared, until they agree and stay as they are. These did not within `--timeout`.\n\nNothing "
    "was exported. Try again when the cluster has come to rest.",
)
LOGIN_FAILED = Code(
    "MQ751",
    "the broker refused the login",
    "User, password or token are wrong, or the broker does not offer the login mechanism. Check the reference under "
    "`security.sasl`; its value is never shown.",
    bad="sasl: {mechanism: PLAIN, username: deployer, password: {env: KAFKA_PASSWORD}}   # the broker offers SCRAM",
    good="sasl: {mechanism: SCRAM-SHA-512, username: deployer, password: {env: KAFKA_PASSWORD}}",
)
NOT_ALLOWED = Code(
    "MQ752",
    "a right is missing",
    "The login worked, and then the broker refused a request that everything else rests on. The message names the "
    "right; an administrator can grant it.",
)
UNVERIFIED = Code(
    "MQ753",
    "the broker does not have to prove who it is",
    "Without a check of its certificate and name, anybody on the way can pass for the broker, read everything and "
    "take the password.",
    severity=Severity.WARNING,
    bad="tls: {verify: false}",
    good="tls: {ca: /etc/kafka/ca.pem}",
)
PLAINTEXT_CREDENTIALS = Code(
    "MQ754",
    "a password without TLS",
    "The connection is not encrypted. PLAIN sends the password as it is, OAUTHBEARER the token, and SCRAM enough to "
    "guess a weak password from.",
    severity=Severity.WARNING,
    bad="allowPlaintextCredentials: true",
    good="tls: {ca: /etc/kafka/ca.pem}",
)

CODES = (
    UNREACHABLE,
    UNKNOWN_HOST,
    TLS_FAILED,
    WRONG_PROTOCOL,
    OTHER_CLUSTER,
    BAD_CLIENT,
    NOT_READ,
    BEHIND,
    LOGIN_FAILED,
    NOT_ALLOWED,
    UNVERIFIED,
    PLAINTEXT_CREDENTIALS,
)
