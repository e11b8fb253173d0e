"""Sides of a comparison, made of dictionaries or of the snapshots of the platform."""

import copy
import json
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from compliance.guard.changes import Finding
from compliance.guard.judge import Answer, judge
from compliance.guard.replacement import METADATA, Replacement, What
from compliance.guard.snapshots import FOLDER, from_files
from compliance.guard.tree import Side, grown
from compliance.templates import STACK_TYPE

TODAY = date.today()
SNAPSHOTS = Path(__file__).parents[2] / FOLDER
Body = dict[str, Any]


def holder(room: str) -> str:
    """The logical id that CDK gives the nested stack of a room."""
    return f"{room}NestedStack{room}NestedStackResource0A1B2C3D"


def side(
    resources: Body, /, *, name: str = "side", root: str = "iryo-dev", **sections: Body
) -> Side:
    """One root stack; a resource under `Room/Table` is in the nested stack of the room."""
    flat = {key: body for key, body in resources.items() if "/" not in key}
    rooms: dict[str, Body] = {}
    for key, body in resources.items():
        room, _, logical_id = key.partition("/")
        if logical_id:
            rooms.setdefault(room, {})[logical_id] = body
    for room in rooms:
        handed = sections.get(f"{room}_holder", {})
        properties = {"TemplateURL": "https://assets/asset.json", **handed}
        flat[holder(room)] = {"Type": STACK_TYPE, "Properties": properties}
    top = grown({**sections.get("root_sections", {}), "Resources": flat}, root)
    for room, held in rooms.items():
        body = {"Resources": held, **sections.get(room, {})}
        grown(body, f"{root}/{holder(room)}", top, holder(room))
    return Side(name, {root: top})


def resource(kind: str, /, policy: str = "Retain", **properties: Any) -> Body:
    return {
        "Type": f"AWS::{kind}",
        "DeletionPolicy": policy,
        "UpdateReplacePolicy": policy,
        "Properties": properties,
    }


def declaring(body: Body, *replacements: Replacement) -> Body:
    return {**body, "Metadata": {METADATA: [one.to_json() for one in replacements]}}


def replacement(what: What, /, **changes: Any) -> Replacement:
    given: dict[str, Any] = {
        "what": what,
        "reason": "The key was wrong.",
        "owner": "platform-team",
        "ticket": "IRYO-31",
        "expires": TODAY + timedelta(days=30),
        "data_moved_by": "Export before, import after.",
    }
    return Replacement(**{**given, **changes})


def answer(base: Side, new: Side, today: date = TODAY) -> Answer:
    return judge(base, new, today=today)


def between(before: Body, after: Body) -> Answer:
    """The answer for one resource that changes."""
    return answer(side({"Data/Store": before}), side({"Data/Store": after}))


def only(found: Answer) -> Finding:
    """The one refused finding."""
    assert len(found.refused) == 1, [one.sentence for one in found.refused]
    return found.refused[0]


@cache
def _platform() -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in SNAPSHOTS.rglob("*.json")}


def files() -> dict[str, bytes]:
    """The snapshots of the platform by file name."""
    return dict(_platform())


def platform(name: str = "platform", **edits: Callable[[Body], None]) -> Side:
    """The platform as its snapshots have it, with templates such as `dev_Data` edited in place."""
    held = files()
    for key, edit in edits.items():
        environment, _, room = key.partition("_")
        file = f"test_template[{environment}-{room}].json"
        template = copy.deepcopy(json.loads(held[file]))
        edit(template)
        held[file] = json.dumps(template).encode()
    return from_files(name, held)


def first(template: Body, kind: str) -> str:
    """The logical id of the first resource of a type."""
    return next(
        key for key, body in template["Resources"].items() if body["Type"] == f"AWS::{kind}"
    )
