"""The exporters of this broker."""

from mqinfra.providers.base.converting.exporter import Exporter
from mqinfra.providers.rabbitmq.export.asyncapi import AsyncApiExporter
from mqinfra.providers.rabbitmq.export.definitions import DefinitionsExporter
from mqinfra.providers.rabbitmq.export.topology_operator import TopologyOperatorExporter

EXPORTERS: tuple[Exporter, ...] = (AsyncApiExporter(), DefinitionsExporter(), TopologyOperatorExporter())
