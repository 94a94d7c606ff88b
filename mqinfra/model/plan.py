"""The plan: versioned data that every view and `apply` read (design §1.2, §7).

Minor versions of the format only add; a reader ignores what it does not know and refuses another major.
The digest covers what will be done and what it rests on: never counts, positions, times, diagnostics or secrets.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from json.encoder import encode_basestring
from operator import attrgetter

from pydantic import Field, JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference
from mqinfra.model.claim import Claim
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.document import Document
from mqinfra.model.leftover import Leftover, Unchecked
from mqinfra.model.reading import Source
from mqinfra.model.span import Path
from mqinfra.model.topology import Topology

FORMAT_VERSION = "1.1"
LEFT_OUT = ("topology", "without")
"""Fields that a document leaves out where there is nothing in them."""
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class UndeclaredKeys(Document):
    """Keys of a declared resource that somebody else set, which the plan leaves alone.

    Attributes:
        address: the resource.
        keys: formatted paths and their live values.
    """

    address: Address
    keys: Mapping[str, JsonValue]


class Uncompared(Document):
    """A secret of a resource that the plan could not compare, because its value is not at hand.

    Attributes:
        address: the resource.
        field: the formatted path.
        reason: why, naming the reference: "the environment variable `P` is not set".
    """

    address: Address
    field: str
    reason: str


class NotHere(Document):
    """What manifests declare of one kind and the environment does not manage.

    Attributes:
        kind: the kind, as `BROKER/KIND`.
        number: how many there are.
    """

    kind: str
    number: int


class PlanCluster(Document):
    """One cluster that the plan speaks of.

    Attributes:
        alias: its alias in the environment.
        type: the broker's type.
        cluster_id: the broker's own id; empty when it could not be read.
        product: what the broker calls itself where several are of one type, `valkey`; empty for the type's own name.
        version: broker version, empty when unknown.
        brokers: brokers alive.
        endpoint: `host:port` for people.
        source: live, sandbox or snapshot.
        reachable: False when the cluster could not be read; its changes are then missing.
        unchanged: declared resources that are as they should be.
        undeclared: resources in scope that nobody declares; None when that was not looked at.
        unrecorded: whether it is not known what the project's records there say, so that nothing goes by itself.
    """

    alias: str
    type: str
    cluster_id: str = ""
    product: str = ""
    version: str = ""
    brokers: int = 0
    endpoint: str = ""
    source: Source = Source.LIVE
    reachable: bool = True
    unchanged: int = 0
    undeclared: int | None = None
    unrecorded: bool = False


class Plan(Document):
    """All changes of one environment.

    Attributes:
        format_version: version of this document's format.
        tool_version: mqinfra that wrote it; for people.
        project: the project's name.
        environment: the environment's name.
        selection: what narrowed the plan, as on the command line; empty for the whole.
        max_deletes: limits on deletes that the user gave, by `ALIAS/KIND`; for people: an apply believes its own alone.
        adopt: what differs and nobody claims was to be taken over, as the user said for the whole plan.
        clusters: the clusters, sorted by alias.
        changes: sorted by address.
        undeclared_keys: keys that others set on declared resources; `foreign` in the document.
        uncompared: secrets that could not be compared, and so are no change.
        undeclared: what is there, in scope and not declared, and stays; sorted by address.
        to_record: what is there as declared and has no record yet: an apply records it, which is no change.
        to_forget: what nobody declares here any more and another project claims: an apply drops this project's claim,
            which is no change either.
        unchecked: where it can't be told what is not declared.
        without: what the environment does not manage although manifests declare it, by kind.
        diagnostics: everything found while planning.
        desired: digest of the desired state of the whole environment.
        digest: digest of the plan.
        topology: what its resources are to each other, where a picture was asked for; not in the digest.
    """

    kind: str = "Plan"
    format_version: str = FORMAT_VERSION
    tool_version: str
    project: str
    environment: str
    selection: tuple[str, ...] = ()
    max_deletes: Mapping[str, int] = {}
    adopt: bool = False
    clusters: tuple[PlanCluster, ...] = ()
    changes: tuple[Change, ...] = ()
    undeclared_keys: tuple[UndeclaredKeys, ...] = Field(default=(), alias="foreign")
    uncompared: tuple[Uncompared, ...] = ()
    undeclared: tuple[Leftover, ...] = ()
    to_record: tuple[Address, ...] = ()
    to_forget: tuple[Address, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    without: tuple[NotHere, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    desired: str = ""
    digest: str = ""
    topology: Topology | None = None

    @property
    def blocked(self) -> tuple[Change, ...]:
        """Changes that a guard or check holds back."""
        return tuple(change for change in self.changes if change.blocked_by)

    @property
    def complete(self) -> bool:
        """Whether every cluster could be read."""
        return all(cluster.reachable for cluster in self.clusters)

    def count(self, action: Action) -> int:
        """Number of changes with an action."""
        return sum(change.action is action for change in self.changes)


def plan_digest(project: str, environment: str, clusters: Iterable[PlanCluster], changes: Iterable[Change]) -> str:
    """Digest a plan.

    Returns:
        `sha256:` and 64 hex digits over project, environment, cluster ids and the changes sorted by address:
        action, fields before and after, fingerprint, the record that it rests on, whether it adopts, and of a replace
        all that is made again. Where the records are not known, so does the digest say: it approves no delete that
        could not be seen.
    """
    clusters = tuple(clusters)
    unrecorded = [cluster.alias for cluster in clusters if cluster.unrecorded]
    rest = canonical(
        {
            **({"unrecorded": [*unrecorded]} if unrecorded else {}),
            "project": project,
            "environment": environment,
            "clusters": {cluster.alias: cluster.cluster_id for cluster in clusters},
        }
    )
    # Written one by one: as values, all changes would take a hundred megabytes for a moment, and twice the time.
    digest = hashlib.sha256(b'{"changes":[')
    comma = ""
    written: dict[int, str] = {}  # by identity: new resources share most of their fields
    for change in sorted(changes, key=attrgetter("address.text")):
        digest.update(_bytes(comma + _canonical_change(change, written)))
        comma = ","
    digest.update(_bytes("]," + rest.removeprefix("{")))
    return f"sha256:{digest.hexdigest()}"


def _canonical_change(change: Change, written: dict[int, str]) -> str:
    """What the digest covers of one change, in canonical form, its keys in their order.

    Args:
        change: the change.
        written: what was written of fields that are held already, by their identity.
    """
    adopts = ',"adopts":true' if change.adopts else ""
    # What is made again has also the fields in which nothing differs or differences are ignored.
    again = f',"again":{canonical(dict(change.after or {}))}' if change.action is Action.REPLACE else ""
    claim = f',"claim":{canonical(_claim(change.claim))}' if change.claim is not None else ""
    fields = ",".join(
        [written.get(id(item)) or _canonical_field(item, written) for item in sorted(change.differences, key=_path)]
    )
    return (
        f'{{"action":"{change.action.value}","address":{encode_basestring(change.address.text)}{adopts}{again}{claim}'
        f',"fields":[{fields}],"fingerprint":{encode_basestring(change.fingerprint)}}}'
    )


_path = attrgetter("path")


def _canonical_field(item: FieldDifference, written: dict[int, str]) -> str:
    before, after = _canonical_value(item.before), _canonical_value(item.after)
    text = written[id(item)] = f"[{_canonical_path(item.path)},{before},{after}]"
    return text


@lru_cache(2**12)
def _canonical_path(path: Path) -> str:
    """The same few paths are in every plan, tens of thousands of times."""
    return canonical([*path])


def _canonical_value(value: JsonValue) -> str:
    if value is None:
        return "null"
    if value.__class__ is bool:
        return "true" if value else "false"
    return encode_basestring(value) if isinstance(value, str) else canonical(value)


def _claim(claim: Claim) -> JsonValue:
    return [claim.owner, claim.origin.value, list(claim.makers), claim.sugar]


def canonical(value: JsonValue) -> str:
    """Write any JSON value in canonical form: sorted keys, no blanks."""
    return _CANONICAL.encode(value)


def digest_of(value: JsonValue) -> str:
    """Digest any JSON value in canonical form as UTF-8: `sha256:` and 64 hex digits."""
    return "sha256:" + hashlib.sha256(_bytes(canonical(value))).hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
