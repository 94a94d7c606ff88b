"""Resources of Kubernetes: what operators and tools that borrow their shape have in common."""

from collections.abc import Collection

from mqinfra.providers.base.converting.foreign import Foreign, Part

_OF_THE_CLUSTER = (
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "managedFields",
    "selfLink",
    "finalizers",
)
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def is_of(document: Foreign, group: str, kinds: Collection[str]) -> bool:
    """Whether a document is a resource of an API group: `kafka.strimzi.io`, in any version."""
    version, kind = document.root.at("apiVersion").value, document.root.at("kind").value
    return isinstance(version, str) and version.partition("/")[0] == group and isinstance(kind, str) and kind in kinds


def name_of(root: Part) -> str:
    """Name of a resource. What else every resource says of itself to Kubernetes is read along."""
    root.skip("apiVersion", "kind", "status")
    about = root.at("metadata")
    about.skip("namespace", *_OF_THE_CLUSTER)
    about.at("annotations", _LAST_APPLIED).take()
    return about.text("name") or ""


def labels_of(root: Part, own: Collection[str]) -> dict[str, str]:
    """The labels of a resource, without those by which the tool itself goes."""
    labels: dict[str, str] = {}
    for key, part in root.at("metadata", "labels").items():
        text = part.text()
        if key not in own and text is not None:
            labels[key] = text
    return labels
