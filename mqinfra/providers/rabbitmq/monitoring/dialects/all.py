"""All dialects of exporters of this broker's metrics."""

from mqinfra.providers.base.monitoring.dialect import Dialect
from mqinfra.providers.rabbitmq.monitoring.dialects.rabbitmq_prometheus import RABBITMQ_PROMETHEUS

DIALECTS: tuple[Dialect, ...] = (RABBITMQ_PROMETHEUS,)
