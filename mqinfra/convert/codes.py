"""Codes of what conversion finds."""

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity

NOT_CARRIED = Code(
    "MQ180",
    "not carried over",
    "`convert` lists everything in another tool's files that is not in the manifests that it wrote: what mqinfra does "
    "not manage, what it says in another place (such as addresses of clusters, which stand under `clusters:`), and "
    "secrets, which are never copied. Nothing is left out without being listed.\n\n"
    "Look through the list once: most of it can be ignored, and the rest is to be said by hand.",
    severity=Severity.WARNING,
    bad="mqinfra convert topics.yaml > topology/topics.yaml    # `spec.template` has no counterpart\n",
)
UNKNOWN_FORMAT = Code(
    "MQ181",
    "unknown format",
    "`convert` tells by what a document says which tool it is for. This one says nothing that a converter knows. "
    "`--from FORMAT` forces a format; Terraform's own language is not read, but `terraform show -json` is.",
    bad="mqinfra convert main.tf\n",
    good="terraform show -json > state.json && mqinfra convert state.json\n",
)
NOT_SAID = Code(
    "MQ182",
    "not said in another tool's words",
    "`export -o FORMAT` writes live resources for another tool. What the tool has no words for is left out of its file "
    "and listed here, field by field: say it to the tool in another way, or leave it to mqinfra.",
    severity=Severity.WARNING,
    bad="mqinfra export -o strimzi    # a user whose password is hashed 8,192 times\n",
)
