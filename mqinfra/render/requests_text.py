"""The calls behind a plan, for `plan --requests`: what would be sent, before it is sent."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.render.terminal import Style, clean, plural
from mqinfra.render.value import shown


class RequestView(NamedTuple):
    """One call to a broker, as a person sees it. A plain tuple of the three will do.

    Attributes:
        cluster: alias of the cluster.
        api: the broker's own name of the call.
        body: per resource, what the call says about it; secrets are never in it.
    """

    cluster: str
    api: str
    body: Mapping[Address, Mapping[str, JsonValue]]


def request_lines(
    requests: Sequence[tuple[str, str, Mapping[Address, Mapping[str, JsonValue]]]], style: Style
) -> list[str]:
    """List calls in the order in which they are sent."""
    lines = [f"{plural(len(requests), 'request')} would be sent"] if requests else ["No request would be sent"]
    for number, (cluster, api, body) in enumerate(requests, 1):
        head = f"{number:>3}. {clean(cluster)}  {style.bold(clean(api))}  {plural(len(body), 'resource')}"
        lines += style.wrap(head, hang=5)
        for address, said in body.items():
            values = ", ".join(
                f"{clean(key)}: {shown(value) if value is not None else 'null'}" for key, value in said.items()
            )
            lines += style.wrap(f"{clean(address.text)}  {style.dim(values)}", indent=5, hang=9)
    return lines
