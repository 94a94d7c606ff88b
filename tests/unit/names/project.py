"""A project with everything that names others, in an environment with names of its own and in one without."""

from pathlib import Path

from mqinfra.manifest.loader import Loaded, load
from mqinfra.providers.base.catalogue import installed

NAMES = """
      kafka/topics: {prefix: "stg."}
      kafka/groups: {prefix: "stg."}
      kafka/users: {prefix: "stg-"}
      kafka/transactionalIds: {prefix: "stg."}
      rabbitmq/vhosts: {suffix: "-stg"}
      rabbitmq/users: {prefix: "stg-"}
      rabbitmq/queues: {prefix: "stg."}
      rabbitmq/exchanges: {prefix: "stg.", except: [shared.*]}
      rabbitmq/policies: {prefix: "stg."}
      redis/streams: {prefix: "stg."}
      redis/channels: {prefix: "stg."}
      redis/users: {prefix: "stg-"}
      registry/subjects: {prefix: "stg."}
"""
CLUSTERS = """
      kafka: {type: kafka, sandbox: true}
      rabbitmq: {type: rabbitmq, sandbox: true}
      redis: {type: redis, sandbox: true}
      registry: {type: registry, sandbox: true}
"""
PROJECT = """
apiVersion: mqinfra/v1
kind: Project
metadata: {{name: shop}}
manifests: [shop.yaml]
scope:
  kafka: {{topics: ["orders.*", "app-*"], groups: ["billing", "app"], principals: ["User:billing"]}}
  registry: {{subjects: ["orders.*"]}}
  rabbitmq: {{vhosts: {{/shop: {{}}, /: {{names: ["orders.*"]}}}}, users: [email]}}
  redis: {{keys: ["{{shop}}:*"], users: [feed]}}
environments:
  plain:
    clusters: {clusters}
  staging:
    clusters: {clusters}
    names: {names}
"""
TOPOLOGY = """
apiVersion: mqinfra/v1
kind: Topology
metadata: {name: shop}
kafka:
  topics:
    orders.created: {partitions: 3, deadLetter: true, valueSchema: true}
    orders.paid: {partitions: 3, deadLetter: {name: orders.lost}, keySchema: orders.key}
  groups:
    billing: {topics: [orders.created], startAt: earliest}
  users:
    billing: {mechanisms: [SCRAM-SHA-512], password: {env: P}}
  quotas:
    billing: {user: billing, limits: {producer_byte_rate: 10MB}}
  acls:
    - {principal: "User:billing", resource: topic, name: orders., pattern: prefixed, operation: Read}
    - {principal: "User:billing", resource: topic, name: theirs, operation: Read, external: true}
    - {principal: "User:CN=x", resource: transactionalId, name: tx, operation: Write}
  access:
    billing: {consumes: [orders.created, {topic: shared, external: true}], group: billing}
    app: {principal: "User:billing", consumes: [orders.paid], streams: app}
registry:
  subjects:
    orders.created-value: {type: avro, schema: '"string"'}
    orders.key: {type: avro, schema: '"long"'}
rabbitmq:
  users:
    email: {tags: [], password: {env: P}}
  vhosts:
    /shop:
      exchanges:
        orders: {type: topic, arguments: {alternate-exchange: orders.rest}}
        orders.rest: {type: fanout}
      queues:
        orders.email:
          type: quorum
          bindings: [{exchange: orders, routingKey: paid}, {exchange: shared.events, routingKey: a}]
          retry: {delays: [10s, 1m]}
          deadLetter: true
        orders.fax: {type: classic, deadLetter: {queue: orders.email}}
        orders.args: {arguments: {x-dead-letter-exchange: "", x-dead-letter-routing-key: orders.fax}}
      bindings:
        - {exchange: amq.topic, queue: orders.fax, routingKey: x}
      policies:
        ttl: {pattern: '^orders\\.f', applyTo: queues, definition: {message-ttl: 1h, dead-letter-exchange: orders}}
      access:
        email: {consumes: [orders.email], publishes: [orders, {exchange: shared.events, external: true}]}
redis:
  streams:
    "{shop}:activity": {expectedMaxLength: 100, groups: {feed: {startAt: "0"}}, deadLetter: true}
  users:
    raw: {keys: ["~{shop}:*", "%R~orders:*", "~one"], channels: ["&news.*"], commands: [+get]}
  access:
    feed: {password: {env: P}, consumes: ["{shop}:activity"]}
"""


def loaded(folder: Path, environment: str, topology: str = TOPOLOGY, names: str = NAMES) -> Loaded:
    folder.joinpath("mqinfra.yaml").write_text(PROJECT.format(clusters=CLUSTERS, names=names), encoding="utf-8")
    folder.joinpath("shop.yaml").write_text(topology, encoding="utf-8")
    return load(folder, environment, installed())
