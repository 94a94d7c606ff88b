"""The catalogue of mqinfra's own providers: what generated pages and schemas describe, whatever else is installed."""

from importlib.metadata import entry_points

from mqinfra.providers.base.catalogue import GROUP, OWN, registered

OURS = registered(point for point in entry_points(group=GROUP) if point.module.partition(".")[0] == OWN)
