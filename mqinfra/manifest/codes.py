"""Codes of what can be wrong with the text: what `mqinfra explain` says of each. The schema's codes are here too."""

from mqinfra.model.code import Code

MALFORMED = Code(
    "MQ101",
    "not YAML",
    "The file can't be read as YAML from the marked place on. The mark shows what has to be fixed: for a quote or a "
    "bracket that is never closed, where it opens. Documents before it were read; the rest of the file was not.",
    bad='metadata:\n  name: "orders\n',
    good='metadata:\n  name: "orders"\n',
)
ENCODING = Code(
    "MQ102",
    "not UTF-8",
    "Manifests are UTF-8 without a byte order mark. The message names the first byte that can't be read, counted "
    "from 0, and what the file looks like instead. Control characters, NUL among them, can't stand in YAML at all.",
)
DUPLICATE = Code(
    "MQ103",
    "duplicate key",
    "YAML readers keep the last of two equal keys and say nothing, so that a value is lost unseen. Here it is an "
    "error; both places are shown. It also arises when variables make two keys equal.",
    bad="orders:\n  partitions: 6\n  partitions: 12\n",
    good="orders:\n  partitions: 12\n",
)
LIMIT = Code(
    "MQ104",
    "limit exceeded",
    "Files are read under limits on size, depth, number of nodes, aliases and length of a value, so that a hostile "
    "file can't exhaust the machine. They leave room for 50,000 resources in one file. A project that needs more "
    "raises the named limit under `limits:` in its `mqinfra.yaml`; better is a second file.",
    bad="config: [[[[[[ ...   # and so on, 65 levels deep\n",
    good="limits:\n  nodes: 5000000\n",
)
ALIAS = Code(
    "MQ105",
    "undefined alias",
    "An alias (`*name`) repeats what an anchor (`&name`) marked before it in the same document. Here there is no such "
    "anchor, or the alias stands inside the very thing it repeats.",
    bad="config: *standard\n",
    good="kafka:\n  topics:\n    a: {config: &standard {retention.ms: 7d}}\n    b: {config: *standard}\n",
)
TAG = Code(
    "MQ106",
    "unknown tag",
    "Manifests are plain data: mappings, lists, text, numbers, true, false and null. Tags that would make a program "
    "build something else are not known. `!!str` is accepted; quotes say the same.",
    bad="partitions: !!python/int 3\n",
    good="partitions: 3\n",
)
KEY = Code(
    "MQ107",
    "key is not text",
    "Every key of a manifest is a name, so it is text. Without quotes YAML reads `1:` as a number and `true:` as a "
    "truth value, and tools disagree on what that means as a name. Quote it.",
    bad="topics:\n  2024: {partitions: 3}\n",
    good='topics:\n  "2024": {partitions: 3}\n',
)
NUMBER = Code(
    "MQ108",
    "number too large",
    "A number has more than 40 digits, or an exponent that no number can hold. Quote it when it is meant as text.",
    bad="partitions: 1e999\n",
    good="partitions: 12\n",
)
MERGE = Code(
    "MQ109",
    "nothing to merge",
    "`<<` merges the keys of a mapping, or of each mapping of a list, into the mapping where it stands.",
    bad="config:\n  <<: 7d\n",
    good="config:\n  <<: *standard\n",
)
FILE = Code(
    "MQ110",
    "file can't be read",
    "A file or folder that the project names is missing, can't be read, is not a regular file, is too large, or lies "
    "outside the project's folder (also through a symbolic link). Manifests stay inside the folder of "
    "`mqinfra.yaml`, so that what a review shows is what is read.",
    bad="manifests: [../elsewhere]\n",
    good="manifests: [topology/]\n",
)
DOCUMENT = Code(
    "MQ111",
    "no such document",
    "A manifest consists of documents with `apiVersion` and `kind`. An empty file, a list or a text is none, and an "
    "`apiVersion` that this version does not know may come from a newer one.",
    bad="apiVersion: mqinfra/v9\nkind: Topology\n",
    good="apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {name: orders}\n",
)
UNKNOWN_FIELD = Code(
    "MQ112",
    "unknown field",
    "The field is not known at this place. Nothing is ignored silently: a misspelt field would otherwise leave the "
    "broker's default in force.",
    bad="orders: {particions: 12}\n",
    good="orders: {partitions: 12}\n",
)
MISSING_FIELD = Code(
    "MQ113",
    "missing field",
    "A field that has no default is missing here. For a resource it may also come from `defaults`.",
    bad="apiVersion: mqinfra/v1\nkind: Topology\n",
    good="apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {name: orders}\n",
)
WRONG_VALUE = Code(
    "MQ114",
    "value is not accepted",
    "The value has the wrong type, lies out of range, or is none of the accepted words. Our YAML keeps `on`, `no`, "
    "`010`, `12:30` and dates as text; numbers and `true` are not text until they are quoted. Durations take `ms s m "
    "h d w`, sizes `kB MB GB` (powers of 1000) and `KiB MiB GiB` (of 1024).",
    bad="orders: {partitions: 2.5, config: {retention.ms: 7 dayz}}\n",
    good="orders: {partitions: 3, config: {retention.ms: 7d}}\n",
)
UNSUPPORTED = Code(
    "MQ115",
    "not supported by this version",
    "The section names a broker, or a kind of resource, that this version of mqinfra does not manage. A newer "
    "version may.",
    bad="kafka:\n  queues:\n    orders: {}\n",
    good="kafka:\n  topics:\n    orders: {}\n",
)
VARIABLE = Code(
    "MQ116",
    "variable can't be used",
    "`${name}` stands for a variable that the environment declares under `variables:`; the environment of the "
    "process is never read. Variables work in manifests and in `scope`, `defaults`, `clusters` and `overrides` of "
    "`mqinfra.yaml`; a clusters file of its own takes none. A value that is nothing but the variable keeps the "
    "variable's type; inside a longer text it has to be text, a number or a truth value. `$${` writes a plain `${`.",
    bad="variables: {size: 3}   # in mqinfra.yaml\npartitions: ${sise}\n",
    good="partitions: ${size}\n",
)
OVERRIDE = Code(
    "MQ117",
    "override has no effect",
    "An override's `match` is not a valid selector, or matches no declared resource. Overrides act on what is written "
    "in manifests, before sugar such as `deadLetter` is expanded; override the resource that has the sugar.",
    bad='overrides:\n  - match: "kind:topcis"\n    set: {partitions: 24}\n',
    good='overrides:\n  - match: "kind:topics,label:tier=gold"\n    set: {partitions: 24}\n',
)
CONFLICT = Code(
    "MQ118",
    "declared differently",
    "The same resource is declared at two places that do not agree. Equal declarations are one resource; different "
    "ones have no order, so one has to go. `mqinfra.yaml` can change a value per environment with `overrides`.",
    bad="kafka: {topics: {orders: {partitions: 6}}}\n---\nkafka: {topics: {orders: {partitions: 12}}}\n",
    good="kafka: {topics: {orders: {partitions: 12}}}\n",
)
CLUSTER = Code(
    "MQ119",
    "cluster is not clear",
    "A section is for one cluster. With one cluster of its type in the environment that is implied; with several the "
    "section says `cluster: ALIAS`; with none the environment has to declare one under `clusters:`.",
    bad="kafka:\n  topics: {orders: {}}   # clusters: east and west are both Kafka\n",
    good="kafka:\n  cluster: east\n  topics: {orders: {}}\n",
)
PROJECT = Code(
    "MQ120",
    "no project",
    "A project is a folder with an `mqinfra.yaml`; mqinfra looks for it in the working directory and upwards. "
    "The smallest one names the project, its manifests, what it may own, and one environment.",
    bad="mqinfra plan   # in a folder without mqinfra.yaml\n",
    good="apiVersion: mqinfra/v1\nkind: Project\nmetadata: {name: shop}\nmanifests: [topology/]\n"
    "scope:\n  kafka: {topics: [orders.*]}\n"
    "environments:\n  local:\n    clusters:\n      kafka: {type: kafka, sandbox: true}\n",
)
ENVIRONMENT = Code(
    "MQ121",
    "environment is not clear",
    "Every run is for one environment. A project with one environment implies it; with several, `-e NAME` says which.",
    bad="mqinfra plan -e prd\n",
    good="mqinfra plan -e prod\n",
)
PATTERN = Code(
    "MQ122",
    "scope pattern",
    "A scope pattern is a whole name, or a prefix that ends in a delimiter (anything but a letter or digit) and `*`: "
    "`orders.*` does not own `ordersx`. Owning everything is spelt out: `wholeCluster: true`.",
    bad="scope: {kafka: {topics: ['orders*', '*']}}\n",
    good="scope: {kafka: {topics: [orders, 'orders.*']}}\n",
)
TOMBSTONE = Code(
    "MQ123",
    "reviewed line",
    "A key under `removed:` is the address of a resource to delete, one under `allowed:` that of a change that may "
    "destroy something: `CLUSTER/KIND/NAME`. The cluster is an alias, or the broker's type when there is one cluster "
    "of it. The value says what may be destroyed (`evenIf`), until which day (`until`, at most 31 days ahead), in "
    "which environments (`in`) and why (`reason`); under `allowed:` also the exact new values that may do it (`by`).",
    bad="removed:\n  orders.legacy:\n",
    good="removed:\n  kafka/topics/orders.legacy: {evenIf: [messages], until: 2026-12-20, reason: OPS-812}\n",
)
UNDECLARED = Code(
    "MQ514",
    "access to something that nobody declares",
    "An `access` names a queue, exchange or stream that no manifest of the environment declares. A misspelt name "
    "would give rights on nothing, and the client would be refused.\n\nCorrect the name, declare the thing, or say "
    "that others own it: `external: true`, beside its name.",
    bad="access:\n  email: {consumes: [order.email]}      # the queue is orders.email\n",
    good="access:\n  email: {consumes: [orders.email, {queue: billing.copy, external: true}]}\n",
)
LITERAL_SECRET = Code(
    "MQ701",
    "secret in the text",
    "A secret field holds a value instead of a reference. Whatever stands in a manifest is in version control and in "
    "every copy of it: assume it leaked, and rotate it. Write where the value can be found when it "
    "is needed: an environment variable or a file. The value is never repeated in output.",
    bad="password: hunter2\n",
    good="password: {env: BILLING_PASSWORD}\n",
)
MISSING_SECRET = Code(
    "MQ702",
    "secret is missing",
    "A referenced secret is missing: the environment variable is not set, empty or not UTF-8, or the file is "
    "missing, no regular file, larger than 64 KiB, empty, not UTF-8, begins with a byte order mark or holds a NUL. A "
    "variable's value is the secret as it is; of a file one line end is left out. The message names the reference, "
    "never a value.",
    bad="password: {env: BILLING_PASSWORD}   # and BILLING_PASSWORD is not set\n",
    good="export BILLING_PASSWORD=...\n",
)
NOT_ALLOWED_SECRET = Code(
    "MQ703",
    "secret that may not be read",
    "A reference leads to what the project may not read: a file outside the project's folder, also through `..` or a "
    "symbolic link, or, where a clusters file of the runner is in force (`--clusters`, `MQINFRA_CLUSTERS`), a variable "
    "or file that it does not list. Whoever may change a manifest could otherwise have any secret of the runner sent "
    "to a broker. The clusters' own references in the runner's file are always allowed, and for the clusters only.",
    bad="password: {file: /etc/shadow}\n",
    good="# in the clusters file of the runner\nsecrets:\n  env: [SHOP_*]\n  files: [/run/secrets/shop]\n",
)

CODES: tuple[Code, ...] = (
    MALFORMED,
    ENCODING,
    DUPLICATE,
    LIMIT,
    ALIAS,
    TAG,
    KEY,
    NUMBER,
    MERGE,
    FILE,
    DOCUMENT,
    UNKNOWN_FIELD,
    MISSING_FIELD,
    WRONG_VALUE,
    UNSUPPORTED,
    VARIABLE,
    OVERRIDE,
    CONFLICT,
    CLUSTER,
    PROJECT,
    ENVIRONMENT,
    PATTERN,
    TOMBSTONE,
    UNDECLARED,
    LITERAL_SECRET,
    MISSING_SECRET,
    NOT_ALLOWED_SECRET,
)
