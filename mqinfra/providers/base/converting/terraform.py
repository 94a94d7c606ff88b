"""What Terraform keeps and plans, as JSON: its state file, and `terraform show -json` of a state or a plan.

Each provider takes the resources of its own types; what no provider takes stays unread, and so is lost.
"""

from collections.abc import Collection, Iterator

from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.converting.foreign import Foreign, Part

NAME = "terraform"
TITLE = "Terraform: a state file, or `terraform show -json` of a state or a plan"
_ABOUT = ("version", "format_version", "terraform_version", "serial", "lineage", "check_results", "checks", "timestamp")
_OF_PLANS = ("prior_state", "resource_changes", "resource_drift", "output_changes", "relevant_attributes", "variables",
             "configuration", "applyable", "complete", "errored", "deferred_changes")  # fmt: skip
_OF_RESOURCES = (
    "address",
    "type",
    "name",
    "mode",
    "module",
    "provider",
    "provider_name",
    "schema_version",
    "sensitive_values",
    "sensitive_attributes",
    "identity_schema_version",
    "identity",
    "private",
    "dependencies",
    "depends_on",
    "index",
    "index_key",
    "create_before_destroy",
    "attributes_flat",
    "each",
)
_READ = "a data source is read by Terraform, and declares nothing"


@dataclass(frozen=True, slots=True)
class TerraformResource:
    """One resource.

    Attributes:
        type: its type: `kafka_topic`.
        values: its attributes.
    """

    type: str
    values: Part


def is_terraform(document: Foreign) -> bool:
    """Whether a document is one of Terraform's, or of OpenTofu's."""
    root = document.root
    shown = root.at("format_version") and (root.at("values") or root.at("planned_values"))
    return bool(shown) or bool(root.at("terraform_version") and root.at("version"))


def resources(document: Foreign, types: Collection[str]) -> Iterator[TerraformResource]:
    """The managed resources of some types; what Terraform says of itself is read along."""
    root = document.root
    root.skip(*_ABOUT, *_OF_PLANS)
    if root.at("resources"):
        yield from _kept(root, types)
    for place in ("planned_values", "values"):
        if root.at(place):
            root.at(place, "outputs").lose("outputs are Terraform's own")
            yield from _shown(root.at(place, "root_module"), types)
    root.at("outputs").lose("outputs are Terraform's own")


def _kept(root: Part, types: Collection[str]) -> Iterator[TerraformResource]:
    """Resources of a state file, with an instance for each of `count` and `for_each`."""
    for one in root.at("resources").each():
        kind = str(one.at("type").value)
        if kind not in types:
            continue
        if one.at("mode").value == "data":
            one.lose(_READ)
            continue
        one.skip(*_OF_RESOURCES)
        for instance in one.at("instances").each():
            instance.skip(*_OF_RESOURCES)
            yield TerraformResource(kind, instance.at("attributes"))


def _shown(module: Part, types: Collection[str]) -> Iterator[TerraformResource]:
    module.skip("address")
    for one in module.at("resources").each():
        kind = str(one.at("type").value)
        if kind not in types:
            continue
        if one.at("mode").value == "data":
            one.lose(_READ)
            continue
        one.skip(*_OF_RESOURCES)
        yield TerraformResource(kind, one.at("values"))
    for inner in module.at("child_modules").each():
        yield from _shown(inner, types)
