"""A plan all of whose names and texts are somebody's attempt at the page."""

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Cost, CostKind, FieldDifference, Reason
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.model.plan import Plan, PlanCluster
from mqinfra.model.span import Span
from mqinfra.model.topology import Edge, Flow, Node, Status, Topology

NAMES = (
    *("</details>", "</script><script>window.pwned=1</script>", '"><script>window.pwned=1</script>', "```\n```"),
    *("::set-env name=x::y", "\x1b[31mred", "\u202eabc", "]]>", "<img src=x onerror=window.pwned=1>", "<!--<script>"),
    *(
        "<b>bold</b>",
        "${data}",
        "{{constructor}}",
        "javascript:window.pwned=1",
        "\u2028x",
        "&lt;b&gt;",
        "x' onclick='y",
    ),
    *(
        "x' onclick='y",
        "\ud800",
        "注文 🐇",
        "__proto__",
        "constructor",
        "</style><style>*{}</style>",
        "\x00nul",
        "a" * 400,
    ),
)


def hostile_plan() -> Plan:
    """One change, one node and one line per name."""
    addresses = [Address("rabbit", "queues", ("<i>v</i>", name)) for name in NAMES]
    changes = tuple(_change(address, name) for address, name in zip(addresses, NAMES, strict=True))
    nodes = [
        Node(
            address=address,
            title=name,
            label=name,
            place="<i>v</i>",
            caption=name,
            labels={name: name},
            status=Status.CREATE,
        )
        for address, name in zip(addresses, NAMES, strict=True)
    ]
    edges = [
        Edge(source=one, target=other, word=name, flow=Flow.MESSAGES, by=one, status=Status.CREATE)
        for one, other, name in zip(addresses, addresses[1:], NAMES, strict=False)
    ]
    found = tuple(
        Diagnostic(code="MQ1", severity=Severity.WARNING, message=f"`{name}` {name}", help=(name,), address=name)
        for name in NAMES
    )
    return Plan(
        tool_version="<i>0</i>",
        project=NAMES[1],
        environment=NAMES[2],
        clusters=(PlanCluster(alias="rabbit", type=NAMES[0], version=NAMES[3], endpoint=NAMES[8]),),
        changes=tuple(sorted(changes, key=lambda change: change.address)),
        diagnostics=found,
        digest=NAMES[1],
        topology=Topology(nodes=tuple(sorted(nodes, key=lambda node: node.address)), edges=tuple(edges)),
    )


def _change(address: Address, name: str) -> Change:
    return Change(
        address=address,
        action=Action.UPDATE,
        reason=Reason.DIFFERS,
        differences=(
            FieldDifference(("config", name), name, f"{name}!"),
            FieldDifference(("list",), [name], ["x"]),
            FieldDifference(("nested",), {name: name}, {name: "y"}),
        ),
        before={"config": {name: name}},
        after={"config": {name: f"{name}!"}},
        costs=(Cost(kind=CostKind.DETAIL, text=name),),
        span=Span(name, 1, 1),
        origin=name,
        note=name,
    )
