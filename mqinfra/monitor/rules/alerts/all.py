"""All alerts, in the order in which rules and pages list them."""

from mqinfra.monitor.rules.alert import Alert, ClusterAlert, ResourceAlert
from mqinfra.monitor.rules.alerts import clusters, consumers, dead_letters, queues, replicas, silence

RESOURCE_ALERTS: tuple[ResourceAlert, ...] = (
    consumers.ConsumerLagHigh(),
    consumers.ConsumerDelayHigh(),
    consumers.ConsumerLagGrowing(),
    consumers.ConsumerStalled(),
    consumers.ConsumerGroupEmpty(),
    consumers.LagNearRetention(),
    consumers.PendingStuck(),
    queues.QueueNoConsumers(),
    queues.QueueUnackedHigh(),
    queues.QueueNearMaxLength(),
    queues.StreamLengthOverCap(),
    dead_letters.DLQNotEmpty(),
    dead_letters.DLQGrowing(),
    replicas.UnderMinISR(),
    replicas.UnderReplicated(),
    silence.MetricsAbsent(),
)
CLUSTER_ALERTS: tuple[ClusterAlert, ...] = (
    silence.ExporterDown(),
    clusters.UnroutableMessages(),
    clusters.MqinfraDrift(),
    clusters.MqinfraVerifyFailed(),
    clusters.MqinfraVerifyStale(),
)
ALERTS: tuple[Alert, ...] = (*RESOURCE_ALERTS, *CLUSTER_ALERTS)
