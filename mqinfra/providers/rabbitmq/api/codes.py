"""Codes of what connecting to RabbitMQ finds beyond what it finds with every broker."""

from mqinfra.model.code import Code

NOT_MANAGEMENT = Code(
    "MQ463",
    "what answers is not RabbitMQ's management API",
    "Something else took the call: the AMQP port, a login page, a redirect, or a proxy with a page of its own. "
    "mqinfra follows no redirects, because they could take the credentials elsewhere.\n\nA proxy must hand on the path "
    "as it came. One that decodes or cleans paths breaks `%2F`, which is how the vhost `/` is written: with nginx, "
    "`proxy_pass` without a path behind the host; with Apache, `AllowEncodedSlashes NoDecode` and `nocanon`.",
    bad="clusters:\n  rabbitmq: {type: rabbitmq, url: 'http://rabbit-1:5672'}    # AMQP",
    good="clusters:\n  rabbitmq: {type: rabbitmq, url: 'http://rabbit-1:15672', amqp: 'amqp://rabbit-1:5672'}",
)
TOO_OLD = Code(
    "MQ466",
    "this RabbitMQ is too old",
    "mqinfra needs RabbitMQ 3.8 or later: older ones know no quorum queues and tell too little of what they have.",
)

CODES = (
    NOT_MANAGEMENT,
    TOO_OLD,
)
