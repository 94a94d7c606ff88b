"""Resources for the conformance suite."""

from mqinfra.providers.rabbitmq.samples import accounts, topology

SAMPLES = (
    accounts.VHOSTS,
    accounts.USERS,
    accounts.PERMISSIONS,
    accounts.TOPIC_PERMISSIONS,
    accounts.PARAMETERS,
    accounts.GLOBAL_PARAMETERS,
    topology.EXCHANGES,
    topology.QUEUES,
    topology.BINDINGS,
    topology.POLICIES,
    topology.OPERATOR_POLICIES,
)
