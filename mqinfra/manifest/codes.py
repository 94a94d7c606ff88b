"""Codes of what can be wrong with the text: what `mqinfra explain` says of each. The schema's codes are here too."""

from mqinfra.model.code import Code

MALFORMED = Code(
    "MQ101",
    "invalid YAML",
    "The file can't be read as YAML from the marked place on. The mark shows what has to be fixed: for a quote or a "
    "bracket that is never closed, where it opens. Documents before it were read; the rest of the file was not.",
    bad='metadata:\n  name: "orders\n',
    good='metadata:\n  name: "orders"\n',
)
ENCODING = Code(
    "MQ102",
    "not UTF-8",
    "Manifests are UTF-8 without a byte order mark. The message names the first byte that can't be read, counted from "
    "0, and what the file looks like instead. Control characters, including NUL, are not allowed in YAML.",
)
DUPLICATE = Code(
    "MQ103",
    "duplicate key",
    "YAML parsers silently keep the last of two equal keys, so a value is lost. Here it is an error, and both places "
    "are shown. It also occurs when variables make two keys equal.",
    bad="orders:\n  partitions: 6\n  partitions: 12\n",
    good="orders:\n  partitions: 12\n",
)
LIMIT = Code(
    "MQ104",
    "limit exceeded",
    "Files are read under limits on size, depth, number of nodes, aliases and length of a value, so a hostile file "
    "can't exhaust the machine. They leave room for 50,000 resources in one file. A project that needs more raises "
    "the named limit under `limits:` in its `mqinfra.yaml`; a second file is better.",
    bad="config: [[[[[[ ...   # and so on, 65 levels deep\n",
    good="limits:\n  nodes: 5000000\n",
)
ALIAS = Code(
    "MQ105",
    "undefined alias",
    "An alias (`*name`) repeats what an anchor (`&name`) marked before it in the same document. There is no such "
    "anchor, or the alias is inside the value that it repeats.",
    bad="config: *standard\n",
    good="kafka:\n  topics:\n    a: {config: &standard {retention.ms: 7d}}\n    b: {config: *standard}\n",
)
TAG = Code(
    "MQ106",
    "unknown tag",
    "Manifests are plain data: mappings, lists, text, numbers, true, false and null. Tags that would make a program "
    "build something else are refused. `!!str` is accepted; quotes mean the same.",
    bad="partitions: !!python/int 3\n",
    good="partitions: 3\n",
)
KEY = Code(
    "MQ107",
    "key is not text",
    "Every key of a manifest is a name, so it is text. Without quotes YAML reads `1:` as a number and `true:` as a "
    "boolean, and tools disagree on what that means as a name. Quote it.",
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
    "invalid merge",
    "`<<` merges the keys of a mapping, or of each mapping of a list, into the mapping that it is in.",
    bad="config:\n  <<: 7d\n",
    good="config:\n  <<: *standard\n",
)
FILE = Code(
    "MQ110",
    "file can't be read",
    "A file or folder that the project names is missing, can't be read, is not a regular file, is too large, or is "
    "outside the project's folder (also through a symbolic link). Manifests stay inside the folder of `mqinfra.yaml`, "
    "so what a review shows is what is read.",
    bad="manifests: [../elsewhere]\n",
    good="manifests: [topology/]\n",
)
DOCUMENT = Code(
    "MQ111",
    "unknown type of document",
    "A manifest consists of documents with `apiVersion` and `kind`. An empty file, a list or a string is not one, and "
    "an unknown `apiVersion` may need a newer mqinfra.",
    bad="apiVersion: mqinfra/v9\nkind: Topology\n",
    good="apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {name: orders}\n",
)
UNKNOWN_FIELD = Code(
    "MQ112",
    "unknown field",
    "There is no such field at this place. Nothing is ignored silently: a misspelt field would otherwise leave the "
    "broker's default in effect.",
    bad="orders: {particions: 12}\n",
    good="orders: {partitions: 12}\n",
)
MISSING_FIELD = Code(
    "MQ113",
    "missing field",
    "A required field is missing here. For a resource it may also come from `defaults`.",
    bad="apiVersion: mqinfra/v1\nkind: Topology\n",
    good="apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {name: orders}\n",
)
WRONG_VALUE = Code(
    "MQ114",
    "invalid value",
    "The value has the wrong type, is out of range, or is not one of the accepted words. mqinfra reads `on`, `no`, "
    "`010`, `12:30` and dates as text; numbers and `true` are text only in quotes. Durations take `ms s m h d w`, "
    "sizes `kB MB GB` (powers of 1000) and `KiB MiB GiB` (of 1024).",
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
    "invalid use of a variable",
    "`${name}` stands for a variable that the environment declares under `variables:`; environment variables of the "
    "process are never read. Variables work in manifests and in `scope`, `defaults`, `clusters` and `overrides` of "
    "`mqinfra.yaml`; a separate clusters file can't use them. A value that consists of the variable only keeps the "
    "variable's type; inside a longer text it has to be text, a number or a boolean. `$${` stands for a plain `${`.",
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
    "conflicting declarations",
    "The same resource is declared in two places that differ. Equal declarations are one resource; of different ones "
    "none takes precedence, so remove one. `mqinfra.yaml` can change a value per environment with `overrides`.",
    bad="kafka: {topics: {orders: {partitions: 6}}}\n---\nkafka: {topics: {orders: {partitions: 12}}}\n",
    good="kafka: {topics: {orders: {partitions: 12}}}\n",
)
CLUSTER = Code(
    "MQ119",
    "no cluster, or several",
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
    "no environment, or several",
    "Every run is for one environment. A project with one environment implies it; with several, `-e NAME` says which.",
    bad="mqinfra plan -e prd\n",
    good="mqinfra plan -e prod\n",
)
PATTERN = Code(
    "MQ122",
    "invalid scope pattern",
    "A scope pattern is a whole name, or a prefix that ends in a delimiter (anything but a letter or digit) and `*`: "
    "`orders.*` does not own `ordersx`. To own everything, write `wholeCluster: true`.",
    bad="scope: {kafka: {topics: ['orders*', '*']}}\n",
    good="scope: {kafka: {topics: [orders, 'orders.*']}}\n",
)
TOMBSTONE = Code(
    "MQ123",
    "invalid entry under `removed:` or `allowed:`",
    "A key under `removed:` is the address of a resource to delete, one under `allowed:` that of a change that may "
    "destroy something: `CLUSTER/KIND/NAME`. The cluster is an alias, or the broker's type when there is one cluster "
    "of it. The value says what may be destroyed (`evenIf`), until which day (`until`, at most 31 days ahead), in "
    "which environments (`in`) and why (`reason`); under `allowed:` also the exact new values that may do it (`by`).",
    bad="removed:\n  orders.legacy:\n",
    good="removed:\n  kafka/topics/orders.legacy: {evenIf: [messages], until: 2026-12-20, reason: OPS-812}\n",
)
NAMES = Code(
    "MQ126",
    "name can't be given a prefix or suffix",
    "The environment gives names of this kind a prefix or suffix under `names:`, and the text is a pattern of which it "
    "can't be said what it means then: it would reach the names of other environments too. Only what is fixed at the "
    "beginning of a pattern gets a prefix, and only names that are written out get a suffix.",
    bad="names: {rabbitmq/queues: {prefix: stg.}, rabbitmq/exchanges: {prefix: stg.}}\n"
    "permissions: {email: {configure: '', write: '', read: '.*'}}\n",
    good="permissions: {email: {configure: '', write: '', read: '^orders\\\\.'}}     # becomes ^stg\\.orders\\.\n",
)
SAME_STRENGTH = Code(
    "MQ125",
    "value set twice at the same strength",
    "Two overrides of the environment match the same entry and set a field differently, and neither selector is "
    "narrower. An address or a whole name is stronger than a pattern of names, that is stronger than a label, a label "
    "than a file, and a file than a kind or cluster; of equal ones the selector with more terms is stronger. The order "
    "in which they stand says nothing.",
    bad="overrides:\n  - {match: 'label:tier=gold', set: {partitions: 24}}\n"
    "  - {match: 'label:team=orders', set: {partitions: 6}}\n",
    good="overrides:\n  - {match: 'label:tier=gold,label:team=orders', set: {partitions: 24}}\n"
    "  - {match: 'label:team=orders', set: {partitions: 6}}\n",
)
PROMISE = Code(
    "MQ127",
    "promise that means nothing there",
    "`promises:` says what a resource holds up to, which `mqinfra verify` proves and alerts watch. Only what messages "
    "go through can promise anything, and not everything: an exchange holds no messages, so nobody can be behind it, "
    "and a group has the order of its topics. An override by a label may promise more than each of what has the label "
    "can; then each promises what it can.",
    bad="kafka:\n  groups:\n    billing: {promises: {throughput: 10000/s}}\n",
    good="kafka:\n  topics:\n    orders: {promises: {throughput: 10000/s}}\n"
    "  groups:\n    billing: {promises: {maxLag: 100000}}\n",
)
UNDECLARED = Code(
    "MQ514",
    "access to a resource that is not declared",
    "An `access` names a queue, exchange or stream that no manifest of the environment declares. A misspelt name "
    "would grant access to nothing, and the client would be refused.\n\n"
    "Correct the name, declare the resource, or mark it as owned by others: `external: true`, beside its name.",
    bad="access:\n  email: {consumes: [order.email]}      # the queue is orders.email\n",
    good="access:\n  email: {consumes: [orders.email, {queue: billing.copy, external: true}]}\n",
)
LITERAL_SECRET = Code(
    "MQ701",
    "secret in a manifest",
    "A secret field holds a value instead of a reference. Whatever is in a manifest is in version control and in "
    "every copy of it: assume it leaked, and rotate it. Write where the value can be found when it is needed: an "
    "environment variable or a file. The value is never repeated in output.",
    bad="password: hunter2\n",
    good="password: {env: BILLING_PASSWORD}\n",
)
MISSING_SECRET = Code(
    "MQ702",
    "secret is missing",
    "A referenced secret is missing: the environment variable is not set, empty or not UTF-8, or the file is missing, "
    "not a regular file, larger than 64 KiB, empty, not UTF-8, begins with a byte order mark or contains a NUL. A "
    "variable's value is used as it is; of a file, one trailing line end is dropped. The message names the reference, "
    "never a value.",
    bad="password: {env: BILLING_PASSWORD}   # and BILLING_PASSWORD is not set\n",
    good="export BILLING_PASSWORD=...\n",
)
NOT_ALLOWED_SECRET = Code(
    "MQ703",
    "secret is not allowed",
    "A reference points to what the project may not read: a file outside the project's folder, also through `..` or a "
    "symbolic link, or, where a clusters file of the runner is used (`--clusters`, `MQINFRA_CLUSTERS`), a variable or "
    "file that it does not list. Whoever may change a manifest could otherwise have any secret of the runner sent to "
    "a broker. The clusters' own references in the runner's file are always allowed, and for the clusters only.",
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
    NAMES,
    SAME_STRENGTH,
    PROMISE,
    UNDECLARED,
    LITERAL_SECRET,
    MISSING_SECRET,
    NOT_ALLOWED_SECRET,
)
