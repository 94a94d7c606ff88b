"""Codes of what connecting to a registry finds beyond what it finds with every broker."""

from mqinfra.model.code import Code

NOT_REGISTRY = Code(
    "MQ467",
    "what answers is not a schema registry",
    "Something else took the call: another service's port, a login page, a redirect, or a proxy with a page of its "
    "own. mqinfra follows no redirects, because they could take the credentials elsewhere.\n\nThe address of Apicurio "
    "Registry ends in `/apis/ccompat/v7`, that of Confluent's registry has no path of its own.",
    bad="clusters:\n  registry: {type: registry, url: 'http://apicurio:8080'}",
    good="clusters:\n  registry: {type: registry, url: 'http://apicurio:8080/apis/ccompat/v7'}",
)

CODES = (NOT_REGISTRY,)
