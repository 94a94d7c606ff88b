"""The exporters of this broker."""

from mqinfra.providers.base.converting.exporter import Exporter
from mqinfra.providers.kafka.export.asyncapi import AsyncApiExporter
from mqinfra.providers.kafka.export.strimzi import StrimziExporter

EXPORTERS: tuple[Exporter, ...] = (AsyncApiExporter(), StrimziExporter())
