"""FHIR resources and Bundles: whose they are, and what is kept of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from .errors import Reason, Rejected
from .fhir_nodes import Compiler, Fields, walk
from .policy import Action, Policy
from .references import References, id_in
from .scrub import Scrubber
from .values import Context, Values

SUBJECTS = ("subject", "patient", "beneficiary", "individual", "for")
"""Elements that name the patient a resource is about, in the order in which they are asked."""
_IDENTIFYING = frozenset(
    ("name", "telecom", "address", "identifier", "birthDate", "display", "photo", "id")
)
_NO_ALIASES: Mapping[str, str] = {}


class FhirPolicy:
    """A policy compiled for FHIR. `resources` are the fields of each resource type it names."""

    def __init__(self, policy: Policy, values: Values) -> None:
        self.pseudonyms = values.pseudonyms
        self.pseudonymises_ids = policy.action("id") is Action.PSEUDONYM
        self.scrubs = Action.SCRUB in policy.actions.values()
        self.label = {"meta": {"security": [dict(policy.label)]}} if policy.label else {}
        names = policy.fhir["resources"]
        self.references = References(policy, values.pseudonyms, frozenset(names))
        compiler = Compiler(policy, values, self.references, contained=self._contained)
        self.quantity = compiler.quantity
        common = policy.fhir["common"]
        self.resources: dict[str, Fields] = {
            name: compiler.fields({**common, **elements}) for name, elements in names.items()
        }

    def record(self, resource: Any) -> dict[str, Any]:
        """De-identify a parsed resource or Bundle. Raises Rejected."""
        scrubber = Scrubber(_identifying(resource)) if self.scrubs else None
        context = Context(scrubber=scrubber)
        return self._resource(resource, context, _aliases(resource), self.label)

    def fields_of(self, kind: Any) -> Fields:
        """Return the fields of a resource type. Raises Rejected."""
        if not isinstance(kind, str) or not kind:
            raise Rejected(Reason.NOT_FHIR, "there is no resourceType")
        if kind not in self.resources:
            raise Rejected(
                Reason.UNKNOWN_RESOURCE_TYPE, "the profile has no elements for this resource type"
            )
        return self.resources[kind]

    def offset_of(
        self, resource: Mapping[str, Any], aliases: Mapping[str, str] = _NO_ALIASES
    ) -> int | None:
        """Return the date offset of the patient a resource is about, None when it names none."""
        if resource.get("resourceType") == "Patient":
            patient = resource.get("id")
        else:
            named = (resource.get(name) for name in SUBJECTS)
            found = (self.references.id_of(reference) for reference in named)
            patient = next((identity for identity in found if identity), None)
        if not isinstance(patient, str) or not patient:
            return None
        return self.pseudonyms.offset(aliases.get(patient, patient))

    def _resource(
        self,
        resource: Any,
        context: Context,
        aliases: Mapping[str, str],
        label: Mapping[str, Any],
    ) -> dict[str, Any]:
        if not isinstance(resource, dict):
            raise Rejected(Reason.NOT_FHIR, "a resource is a JSON object")
        kind = resource.get("resourceType")
        fields = self.fields_of(kind)
        if kind == "Bundle":
            return self._bundle(resource, fields, context, aliases)
        offset = self.offset_of(resource, aliases)
        inner = Context(context.offset if offset is None else offset, context.scrubber)
        return {"resourceType": kind, **label, **walk(fields, resource, inner)}

    def _contained(self, resource: Any, context: Context) -> dict[str, Any] | None:
        """Keep a contained resource of a named type; it belongs to the patient of its container.

        It has no label: FHIR forbids that (invariant dom-5).
        """
        kind = resource.get("resourceType") if isinstance(resource, dict) else None
        if not isinstance(kind, str) or kind not in self.resources or kind == "Bundle":
            return None
        return self._resource(resource, context, _NO_ALIASES, {})

    def _bundle(
        self, bundle: dict[str, Any], fields: Fields, context: Context, aliases: Mapping[str, str]
    ) -> dict[str, Any]:
        entries = bundle.get("entry", [])
        if not isinstance(entries, list):
            raise Rejected(Reason.NOT_FHIR, "entry of a Bundle is a list")
        head = {name: value for name, value in bundle.items() if name != "entry"}
        kept = {"resourceType": "Bundle", **self.label, **walk(fields, head, context)}
        if entries:
            kept["entry"] = [self._entry(entry, context, aliases) for entry in entries]
        return kept

    def _entry(self, entry: Any, context: Context, aliases: Mapping[str, str]) -> dict[str, Any]:
        if not isinstance(entry, dict):
            raise Rejected(Reason.NOT_FHIR, "an entry of a Bundle is a JSON object")
        kept: dict[str, Any] = {}
        if full_url := self.references.full_url(entry.get("fullUrl"), context):
            kept["fullUrl"] = full_url
        if "resource" in entry:
            kept["resource"] = self._resource(entry["resource"], context, aliases, self.label)
        if request := self.references.request(entry.get("request"), context):
            kept["request"] = request
        return kept


def _aliases(bundle: Any) -> dict[str, str]:
    """Return the ids by which a Bundle's entries call its patients, each with the patient's own."""
    entries = bundle.get("entry") if isinstance(bundle, dict) else None
    aliases = {}
    for entry in entries if isinstance(entries, list) else []:
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict) or resource.get("resourceType") != "Patient":
            continue
        url, own = entry.get("fullUrl"), resource.get("id")
        called = id_in(url) if isinstance(url, str) else None
        if called and isinstance(own, str) and own:
            aliases[called] = own
        elif called:
            # A new patient has no id yet: the entry's name is the patient's.
            resource["id"] = called
    return aliases


def _identifying(value: Any) -> Iterator[str]:
    """Yield the texts by which a record names people, wherever they are."""
    if isinstance(value, list):
        for one in value:
            yield from _identifying(one)
    elif isinstance(value, dict):
        for name, inside in value.items():
            yield from _texts(inside) if name in _IDENTIFYING else _identifying(inside)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict):
        for name, inside in value.items():
            if name not in _CODED:
                yield from _texts(inside)


_CODED = ("system", "use", "type", "url", "rank", "period")
