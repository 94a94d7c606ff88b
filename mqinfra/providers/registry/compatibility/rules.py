"""What the rules of a registry forgive; languages whose rules differ from server to server look here."""

from mqinfra.model.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules by which a server judges.

    Attributes:
        protobuf_by_name: Protobuf by Apicurio's rules: fields are told by name, none may be renamed, and none may go
            without its number and name being reserved; else by Confluent's, where the number is all that counts.
        required_with_default: JSON Schema: a property may become required if it has a default.
        formats: JSON Schema: another `format` of a text is another schema.
    """

    protobuf_by_name: bool = False
    required_with_default: bool = True
    formats: bool = False


CONFLUENT = Rules()
APICURIO = Rules(protobuf_by_name=True, required_with_default=False, formats=True)
