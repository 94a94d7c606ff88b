"""Codes that every provider shares."""

from mqinfra.model.code import Code

SNAPSHOT_FILE = Code(
    "MQ308",
    "not a usable snapshot",
    "The file is not a snapshot or sandbox file of this version of mqinfra, or it is damaged.",
)
LOCKED = Code(
    "MQ309",
    "another apply holds the lock",
    "Two applies of one project and environment would step on each other. The lock goes when its holder ends, also "
    "when it is killed. Wait, or give `--lock-timeout` more seconds.",
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

SANDBOX_FILE = Code(
    "MQ194",
    "a file of the sandbox can't be written",
    "A sandbox keeps its state and its lock under `.mqinfra/` in the project's folder. They could not be written: the "
    "disk is full, the folder may not be written to, or a symbolic link stands there, which mqinfra does not follow "
    "because it may have come with somebody else's change. What was there before is as it was.",
    bad="ln -s /var/shared .mqinfra && mqinfra apply\n",
    good="rm .mqinfra && mqinfra apply\n",
)
UNKNOWN_SHAPE = Code(
    "MQ771",
    "an answer that can't be understood",
    "What answers speaks the broker's protocol, and says something of a shape that no broker gives: a text where a "
    "mapping belongs, a name that is missing. Something else may be at the address, or in between. Nothing was written "
    "on account of it. If it is the broker itself, mqinfra has a bug: please report the message, which names the place "
    "in the code and nothing of the answer, with the version of the broker.",
)

CALLER_LOCKED_OUT = Code(
    "MQ710",
    "the plan would lock out its own user",
    "The connection is made as a user that the plan deletes or disables, or whose permissions in a vhost it takes "
    "away. The server would refuse its calls in the middle, and nobody could finish or take it back.\n\nPlan as "
    "another user, or keep this one.",
    bad="redis:\n  users:\n    deployer: {enabled: false}        # and the plan runs as deployer",
    good="redis:\n  users:\n    deployer: {enabled: true}",
)

CODES = (SNAPSHOT_FILE, LOCKED, ANNOUNCED, UNKNOWN_SHAPE, SANDBOX_FILE, CALLER_LOCKED_OUT)
