"""CloudFormation types: the missing ones are checked and recorded, the native ones checked too.

ministack knows about 190 types. Any other type of the official schema is created here as a
record: its properties were checked, it has the attributes that its schema promises, and it does
nothing. Native types keep their behaviour; their properties are checked first and attributes
which ministack does not return are filled in.
"""

from collections.abc import Callable
from typing import Any

from rehearsal.attributes import Attributes, attributes_of, physical_id_of, referred, replaces
from rehearsal.journal import Journal
from rehearsal.schema import Schema, UnknownTypeError, failures, schema_of

Handler = dict[str, Any]
Result = tuple[str, Attributes]

# ministack's Ref of these is another than AWS's: the attribute that AWS returns.
_REF_ATTRIBUTES = {"AWS::SecretsManager::Secret": "Id"}


class PropertyError(ValueError):
    """CloudFormation would refuse these properties."""


def _given(properties: dict[str, Any]) -> dict[str, Any]:
    """Return the properties without the aws: tags that CloudFormation adds after its checks."""
    tags = properties.get("Tags")
    if not isinstance(tags, list):
        return properties
    own = [tag for tag in tags if not str(tag.get("Key", "")).startswith("aws:")]
    return {**properties, "Tags": own}


class Handlers(dict[str, Handler]):
    """ministack's table of handlers, extended to every type of the official schema."""

    def __init__(
        self,
        native: dict[str, Handler],
        *,
        account: str,
        region: str,
        journal: Journal,
        complete: Callable[[str, str, dict[str, Any]], None] = lambda *_nothing: None,
    ) -> None:
        super().__init__()
        self._complete = complete
        self.account = account
        self.region = region
        self.journal = journal
        self._native_ids: dict[str, str] = {}
        for resource_type, handler in native.items():
            self[resource_type] = self._checked(resource_type, handler)

    def __contains__(self, resource_type: object) -> bool:
        return self.get(str(resource_type)) is not None

    def get(self, resource_type: str, default: Any = None) -> Any:
        """Return the handler of a type, making one for a type that only the schema knows."""
        if super().__contains__(resource_type):
            return super().__getitem__(resource_type)
        if resource_type.startswith("Custom::"):
            return default
        try:
            schema = schema_of(resource_type, self.region)
        except UnknownTypeError:
            return default
        self[resource_type] = self._recorded(resource_type, schema)
        return self[resource_type]

    def _check(self, resource_type: str, logical_id: str, properties: dict[str, Any]) -> None:
        found = failures(resource_type, _given(properties), self.region)
        if found:
            raise PropertyError(
                f"Properties validation failed for resource {logical_id} ({resource_type}) "
                f"with message: [{'; '.join(found)}]"
            )

    def _finish(self, resource_type: str, result: Result, properties: dict[str, Any]) -> Result:
        physical_id, attributes = result
        from_schema = attributes_of(
            resource_type, physical_id, properties, account=self.account, region=self.region
        )
        return physical_id, {**from_schema, **attributes}

    def _as_in_aws(self, resource_type: str, made: Result) -> Result:
        native_id, attributes = made
        physical_id = str(attributes.get(_REF_ATTRIBUTES.get(resource_type, ""), native_id))
        self._native_ids[physical_id] = native_id
        return physical_id, attributes

    def _native_id(self, physical_id: str) -> str:
        return self._native_ids.get(physical_id, physical_id)

    def _checked(self, resource_type: str, native: Handler) -> Handler:
        """Wrap a native handler: properties are checked before, attributes filled after."""

        def create(logical_id: str, properties: dict[str, Any], stack_name: str) -> Result:
            self._check(resource_type, logical_id, properties)
            created = native["create"](logical_id, properties, stack_name)
            made = self._as_in_aws(resource_type, created)
            self._complete(resource_type, created[0], properties)
            self._note("create", "native", resource_type, made[0])
            return self._finish(resource_type, made, properties)

        def update(
            physical_id: str, old: dict[str, Any], new: dict[str, Any], stack: str, *rest: str
        ) -> Result:
            self._check(resource_type, rest[0] if rest else physical_id, new)
            updated = native["update"](self._native_id(physical_id), old, new, stack, *rest)
            made = self._as_in_aws(resource_type, updated)
            self._complete(resource_type, updated[0], new)
            self._note("update", "native", resource_type, made[0])
            return self._finish(resource_type, made, new)

        def delete(physical_id: str, *arguments: Any) -> None:
            native["delete"](self._native_id(physical_id), *arguments)
            self._note("delete", "native", resource_type, physical_id)

        ours: dict[str, Callable[..., Any]] = {"create": create, "update": update, "delete": delete}
        return {**native, **{name: wrap for name, wrap in ours.items() if name in native}}

    def _recorded(self, resource_type: str, schema: Schema) -> Handler:
        """Make a handler for a type that ministack does not know."""

        def create(logical_id: str, properties: dict[str, Any], stack_name: str) -> Result:
            self._check(resource_type, logical_id, properties)
            physical_id = self._made_up(resource_type, schema, logical_id, properties, stack_name)
            self._note("create", "recorded", resource_type, physical_id)
            return self._finish(resource_type, (physical_id, {}), properties)

        def update(
            physical_id: str, old: dict[str, Any], new: dict[str, Any], stack: str, logical_id: str
        ) -> Result:
            self._check(resource_type, logical_id, new)
            if replaces(schema, old, new):
                self._note("delete", "recorded", resource_type, physical_id)
                physical_id = self._made_up(resource_type, schema, logical_id, new, stack)
            self._note("update", "recorded", resource_type, physical_id)
            return self._finish(resource_type, (physical_id, {}), new)

        def delete(physical_id: str, _properties: dict[str, Any]) -> None:
            self._note("delete", "recorded", resource_type, physical_id)

        return {
            "create": create,
            "update": update,
            "update_with_logical_id": True,
            "delete": delete,
        }

    def _made_up(self, resource_type: str, *given: Any) -> str:
        made = physical_id_of(resource_type, *given)
        return referred(resource_type, made, account=self.account, region=self.region)

    def _note(self, action: str, how: str, resource_type: str, physical_id: str) -> None:
        self.journal.write(
            action=action, how=how, resource_type=resource_type, physical_id=physical_id
        )
