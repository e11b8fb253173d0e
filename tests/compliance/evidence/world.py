"""A small judged platform without a CDK app: a key and a queue, each in a nested stack of its own."""

import hashlib
import json
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from compliance.assessment import Assessment, ClauseResult
from compliance.controls import Control
from compliance.evidence import FOLDER
from compliance.evidence.load import load
from compliance.evidence.writing import write as write_report
from compliance.frameworks import Clause, Framework
from compliance.judging import judge
from compliance.own import OwnRules
from compliance.templates import METADATA
from compliance.text import Text
from compliance.verdicts import RED, Judgement, Row, Verdict
from tests.compliance.platform import TAGS, TestSettings, named

SETTINGS = TestSettings()
QUEUE = "iryo/Room/Queue/Resource"
KEY = "iryo/Vault/Key/Resource"
ROLE = "iryo/Room/Role/Resource"
ENCRYPTION = "IRYO-MESSAGING-ENCRYPTION"
ROTATION = "IRYO-KMS-ROTATION"
FILES = sorted(
    (
        *("assessment-results.json", "conformance-pack.yaml", "matrix.csv", "report.html"),
        *("report.json", "resource-control-policy.json", "results.sarif"),
        *("service-control-policy.json", "waivers.csv"),
    )
)
NESTED = {
    "Vault": {"Key": KEY},
    "Room": {"Queue": QUEUE, "Role": ROLE, "Policy": "iryo/Room/Policy"},
}


def tags() -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in TAGS.items()]


def policy(*actions: str, resource: str = "arn:aws:s3:::records/*") -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
    return {"Statement": [statement]}


def bodies() -> dict[str, dict[str, Any]]:
    """The templates of the nested stacks, to be changed at will."""
    trusted = {
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}},
            }
        ]
    }
    return deepcopy(
        {
            "Vault": {"Key": named("KMS::Key", EnableKeyRotation=True, Tags=tags())},
            "Room": {
                "Queue": named("SQS::Queue", KmsMasterKeyId="arn:of:key", Tags=tags()),
                "Role": named("IAM::Role", AssumeRolePolicyDocument=trusted, Tags=tags()),
                "Policy": named(
                    "IAM::Policy",
                    PolicyName="p",
                    PolicyDocument=policy("s3:GetObject"),
                    Roles=[{"Ref": "Role"}],
                ),
            },
        }
    )


def assembly(
    folder: Path,
    rooms: dict[str, dict[str, Any]],
    *,
    waivers: dict[str, dict[str, str]] | None = None,
    extra: dict[str, str] | None = None,
) -> Path:
    """Write a cloud assembly with the rooms as nested stacks. Waivers stand on construct paths.

    `extra` names the construct paths of logical ids that `NESTED` has not.
    """
    folder.mkdir(parents=True, exist_ok=True)
    metadata: dict[str, list[dict[str, Any]]] = {}
    files, holders = {}, {}
    for room, resources in rooms.items():
        file = f"{room}.nested.template.json"
        content = json.dumps({"Resources": resources}, indent=1).encode()
        (folder / file).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        files[digest] = {"source": {"path": file}}
        holders[room] = {
            "Type": "AWS::CloudFormation::Stack",
            "Properties": {"TemplateURL": f"https://bucket/{digest}.json"},
        }
        metadata[f"/iryo/{room}"] = [{"type": "aws:cdk:templateFile", "data": file}]
        for logical_id in resources:
            path = {**NESTED.get(room, {}), **(extra or {})}.get(
                logical_id, f"iryo/{room}/{logical_id}"
            )
            metadata[f"/{path}"] = [{"type": "aws:cdk:logicalId", "data": logical_id}]
    for path, waiver in (waivers or {}).items():
        metadata.setdefault(f"/{path}", []).append({"type": METADATA, "data": waiver})
    root = json.dumps({"Resources": holders}, indent=1)
    (folder / "iryo.template.json").write_text(root)
    (folder / "iryo.assets.json").write_text(json.dumps({"files": files}))
    artifacts = {
        "iryo.assets": {
            "type": "cdk:asset-manifest",
            "properties": {"file": "iryo.assets.json"},
        },
        "iryo": {
            "type": "aws:cloudformation:stack",
            "properties": {"templateFile": "iryo.template.json"},
            "metadata": metadata,
        },
    }
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    return folder


def judged(folder: Path) -> Judgement:
    """What our own rules say of an assembly."""
    return judge(None, SETTINGS, folder, [OwnRules()])  # type: ignore[arg-type]


def text(words: str) -> Text:
    return Text(en=words, ja=f"{words}（日本語）")


CONTROLS = (
    Control(
        id="messages",
        title=text("Messages are encrypted"),
        topic="encryption-at-rest",
        rules=(ENCRYPTION,),
        prevent=("DenyPlainQueues",),
        detect=("sqs-queue-encrypted",),
    ),
    Control(
        id="rotation",
        title=text("Keys rotate"),
        topic="key-management",
        rules=(ROTATION,),
        prevent=(),
        detect=("cmk-backing-key-rotation-enabled",),
    ),
)


def clause(id_: str, title: str, **given: Any) -> Clause:
    members: dict[str, Any] = {
        "section": text("Section 1"),
        "source": text("The act itself"),
        "seen": "text",
        "kind": "technical",
        "disposition": "proven",
        "controls": (),
        "record": None,
        "attestation": None,
        "why": None,
    }
    return Clause(id=id_, title=text(title), **{**members, **given})


CLAUSES = (
    clause("ACT-2026-1(a)", "Messages at rest", controls=("messages",)),
    clause("ACT-2026-1(b)", "Keys", controls=("rotation",)),
    clause(
        "ACT-2026-2①",
        "Training",
        disposition="manual",
        kind="organisational",
        record=Text(en="Trainer: list of those who came.", ja="教育担当: 受講者の一覧"),
    ),
)


def assessed(
    judgement: Judgement,
    *,
    controls: Iterable[Control] = CONTROLS,
    clauses: Iterable[Clause] = CLAUSES,
) -> Assessment:
    """A judgement measured by a framework of three clauses."""
    made = {control.id: control for control in controls}
    results = tuple(_result(one, made, judgement) for one in clauses)
    framework = Framework(
        id="act-2026",
        title=text("The Act"),
        edition=text("2026"),
        url="https://example.invalid/act",
        coverage=text("All three clauses"),
        clauses=tuple(result.clause for result in results),
    )
    return Assessment(
        environment=SETTINGS.name,
        frameworks=((framework, results),),
        controls=tuple((one, *_verdict(one.rules, judgement)) for one in made.values()),
        judgement=judgement,
    )


def _result(one: Clause, controls: dict[str, Control], judgement: Judgement) -> ClauseResult:
    rules = tuple(rule for name in one.controls for rule in controls[name].rules)
    verdict, rows = _verdict(rules, judgement) if rules else (Verdict.MANUAL, ())
    met = {row.rule for row in rows}
    gaps = tuple(rule for rule in rules if rule not in met)
    return ClauseResult(clause=one, verdict=verdict, rows=rows, gaps=gaps)


def _verdict(rules: tuple[str, ...], judgement: Judgement) -> tuple[Verdict, tuple[Row, ...]]:
    rows = tuple(row for row in judgement.rows if row.rule in rules)
    found = {row.verdict for row in rows}
    if found & RED:
        return Verdict.FAIL, rows
    if Verdict.WAIVED in found:
        return Verdict.WAIVED, rows
    return (Verdict.PASS if found else Verdict.NO_RULE), rows


def write(
    folder: Path,
    rooms: dict[str, dict[str, Any]] | None = None,
    *,
    base: Path | None = None,
    waivers: dict[str, dict[str, str]] | None = None,
    **given: Any,
) -> Path:
    """Write a report of the small platform; return its folder."""
    assembly(folder, bodies() if rooms is None else rooms, waivers=waivers)
    write_report(
        assessment=assessed(judged(folder), **given), settings=SETTINGS, folder=folder, base=base
    )
    return folder / FOLDER


def data(folder: Path) -> dict[str, Any]:
    return load(folder)


def waiver(rule: str = ENCRYPTION, **given: str) -> dict[str, str]:
    """A waiver as construct metadata carries it."""
    return {
        "rule": rule,
        "finding": "",
        "reason": "It carries no data.",
        "owner": "queue-team",
        "ticket": "IRYO-7",
        "expires": date(date.today().year, 12, 31).isoformat(),
        "compensating_control": "SQS encrypts with its own key.",
        **given,
    }


def without(control: Control, **changes: Any) -> Control:
    return replace(control, **changes)
