"""Declared replacements: what one is, what it allows, and when it allows nothing."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from compliance.guard import Replacement, ReplacementError, What, declare
from compliance.guard.replacement import LONGEST, METADATA, read
from tests.compliance.guard_sides import (
    TODAY,
    Body,
    answer,
    declaring,
    only,
    replacement,
    resource,
    side,
)

BUCKET = resource("S3::Bucket", BucketName="a")
OTHER = resource("S3::Bucket", BucketName="b")
WEAK = resource("S3::Bucket", "Delete", BucketName="a")
REPLACED = replacement(What.REPLACED)


def stack(*replacements: Replacement) -> dict[str, Body]:
    return {"Data": {"Metadata": declaring({}, *replacements)["Metadata"]}}


# --- what one is


@pytest.mark.parametrize("field", ["reason", "owner", "ticket", "data_moved_by"])
def test_every_word_is_required(field: str) -> None:
    with pytest.raises(ReplacementError, match=f"{field} is empty"):
        replacement(What.REPLACED, **{field: " "})


def test_it_ends_within_a_quarter() -> None:
    assert replacement(What.REPLACED, expires=date.today() + LONGEST).expires
    with pytest.raises(ReplacementError, match="more than 92 days ahead"):
        replacement(What.REPLACED, expires=date.today() + LONGEST + timedelta(days=1))


def test_what_is_one_of_four() -> None:
    with pytest.raises(
        ReplacementError, match="what is 'moved'; removed, renamed, replaced, reten"
    ):
        replacement("moved")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("what", "of", "good"),
    [
        (What.REMOVED, "Data/Store", True),
        (What.REMOVED, "", False),
        (What.RENAMED, "", False),
        (What.REPLACED, "Data/Store", False),
        (What.RETENTION, "", True),
    ],
)
def test_of_names_what_is_gone(what: What, of: str, good: bool) -> None:
    if good:
        assert replacement(what, of=of).of == of
    else:
        with pytest.raises(ReplacementError, match="of is"):
            replacement(what, of=of)


def test_it_is_read_back_as_it_was_written() -> None:
    written = replacement(What.REMOVED, of="Data/Store")
    assert read(written.to_json(), "here") == written


@pytest.mark.parametrize(
    "broken",
    [
        "text",
        None,
        {},
        {**REPLACED.to_json(), "what": "moved"},
        {**REPLACED.to_json(), "expires": "soon"},
        {**REPLACED.to_json(), "owner": ""},
        {**REPLACED.to_json(), "approved": "yes"},
        {**REPLACED.to_json(), "owner": 3},
    ],
)
def test_what_is_none_is_said_with_its_place(broken: Any) -> None:
    new = side({"Data/Store": {**BUCKET, "Metadata": {METADATA: [broken]}}})
    with pytest.raises(ReplacementError, match=r"^iryo-dev/Data/Store: "):
        answer(side({"Data/Store": BUCKET}), new)


# --- what it allows


def test_a_declared_replacement_passes() -> None:
    found = answer(side({"Data/Store": BUCKET}), side({"Data/Store": declaring(OTHER, REPLACED)}))
    assert (found.passes, [one.declaration for one in found.declared]) == (True, [REPLACED])
    assert "declared by platform-team, IRYO-31: Export before" in found.declared[0].sentence


def test_declared_retention_passes() -> None:
    one = replacement(What.RETENTION)
    assert answer(side({"Data/S": BUCKET}), side({"Data/S": declaring(WEAK, one)})).passes


@pytest.mark.parametrize("at", ["stack", "resource"])
def test_a_declared_removal_passes_wherever_it_stands_in_the_root(at: str) -> None:
    one = replacement(What.REMOVED, of="Data/Old")
    before = side({"Data/Old": OTHER, "Data/Store": BUCKET})
    kept = declaring(BUCKET, one) if at == "resource" else BUCKET
    sections = stack(one) if at == "stack" else {}
    assert answer(before, side({"Data/Store": kept}, **sections)).passes


def test_the_removal_of_a_nested_stack_is_declared_above_it() -> None:
    one = replacement(What.REMOVED, of="Lake/Old")
    sections = {"root_sections": {"Metadata": declaring({}, one)["Metadata"]}}
    before = side({"Lake/Old": OTHER, "Data/Store": BUCKET})
    assert answer(before, side({"Data/Store": BUCKET}, **sections)).passes


def test_a_declared_rename_passes_beside_a_likelier_heir() -> None:
    one = replacement(What.RENAMED, of="Data/Old")
    unlike = resource("S3::Bucket", AccessControl="Private", Tags=[])
    new = side({"Data/Xyz": declaring(unlike, one), "Data/Old2": BUCKET})
    found = answer(side({"Data/Old": BUCKET}), new)
    assert (found.passes, len(found.declared)) == (True, 1)


def test_a_declared_rename_of_a_root_stack_passes() -> None:
    one = replacement(What.RENAMED, of="iryo-dev")
    sections = {"root_sections": {"Metadata": declaring({}, one)["Metadata"]}}
    new = side({"Data/Store": BUCKET}, root="iryo-other", **sections)
    found = answer(side({"Data/Store": BUCKET}), new)
    assert (found.passes, len(found.declared)) == (True, 1)


@pytest.mark.parametrize(
    ("declared", "hint"),
    [
        (replacement(What.RETENTION), "the declaration IRYO-31 (retention"),
        (replacement(What.REMOVED, of="Data/Store"), "the declaration IRYO-31 (removed"),
        (replacement(What.RENAMED, of="Data/Other"), "the declaration IRYO-31 (renamed"),
    ],
)
def test_a_declaration_of_something_else_allows_nothing(declared: Replacement, hint: str) -> None:
    found = answer(side({"Data/Store": BUCKET}), side({"Data/Store": declaring(OTHER, declared)}))
    assert only(found).what is What.REPLACED
    assert len(found.complaints) == 1
    assert hint in found.complaints[0]


def test_a_declaration_on_another_resource_allows_nothing() -> None:
    before = side({"Data/A": BUCKET, "Data/B": BUCKET})
    found = answer(before, side({"Data/A": OTHER, "Data/B": declaring(BUCKET, REPLACED)}))
    assert only(found).logical_id == "A"
    assert (
        "Data/B: the declaration IRYO-31 (replaced, platform-team) allows nothing"
        in found.complaints[0]
    )


# --- when it allows nothing


def test_an_expired_declaration_fails_and_allows_nothing() -> None:
    new = side({"Data/Store": declaring(OTHER, REPLACED)})
    last, after = REPLACED.expires, REPLACED.expires + timedelta(days=1)
    assert answer(side({"Data/Store": BUCKET}), new, today=last).passes
    found = answer(side({"Data/Store": BUCKET}), new, today=after)
    assert f"its declaration IRYO-31 expired on {last}" in only(found).sentence
    assert f"expired on {last}; remove it" in found.complaints[0]


def test_an_expired_declaration_fails_even_when_nothing_changes() -> None:
    both = side({"Data/Store": declaring(BUCKET, REPLACED)})
    assert answer(both, both).passes
    assert not answer(both, both, today=REPLACED.expires + timedelta(days=1)).passes


def test_an_unused_declaration_fails() -> None:
    new = side({"Data/Store": declaring(BUCKET, REPLACED)})
    found = answer(side({"Data/Store": BUCKET}), new)
    assert (found.refused, len(found.complaints), found.passes) == ([], 1, False)


def test_a_declaration_that_the_base_has_was_for_an_earlier_change() -> None:
    third = resource("S3::Bucket", BucketName="c")
    before = side({"Data/Store": declaring(OTHER, REPLACED)})
    found = answer(before, side({"Data/Store": declaring(third, REPLACED)}))
    assert "its declaration IRYO-31 was for an earlier change" in only(found).sentence
    again = replacement(What.REPLACED, ticket="IRYO-32")
    assert answer(before, side({"Data/Store": declaring(third, REPLACED, again)})).passes


def test_a_declaration_that_one_environment_uses_is_used() -> None:
    def both(dev: Body, production: Body) -> Any:
        made = side({"Data/Store": dev})
        more = side({"Data/Store": production}, root="iryo-production").roots
        return type(made)("both", {**made.roots, **more})

    declared = declaring(OTHER, REPLACED)
    assert answer(both(OTHER, BUCKET), both(declared, declared)).passes
    assert not answer(both(OTHER, OTHER), both(declared, declared)).passes


# --- beside the construct


def test_declarations_reach_the_templates(tmp_path: Path) -> None:
    import aws_cdk as cdk
    from aws_cdk import aws_s3 as s3

    from compliance.guard.assemblies import from_assembly

    def built(folder: str, change: Callable[[cdk.Stack, cdk.Stack], Any]) -> Any:
        context = {"@aws-cdk/core:appMode": "inmemory"}
        app = cdk.App(
            outdir=str(tmp_path / folder),
            analytics_reporting=False,
            builtin_cloud_formation_validation=False,
            context=context,
        )
        root = cdk.Stack(app, "small")
        change(root, cdk.NestedStack(root, "Data"))
        app.synth()
        return from_assembly(tmp_path / folder)

    def old(_: cdk.Stack, data: cdk.Stack) -> None:
        for name in ("Replaced", "Renamed", "Removed"):
            s3.Bucket(data, name)

    before = built("before", old)
    ids = {one.path: one.short for one in before.resources.values()}

    def new(root: cdk.Stack, data: cdk.Stack) -> None:
        bucket = s3.Bucket(
            data, "Replaced", bucket_name="another", removal_policy=cdk.RemovalPolicy.DESTROY
        )
        declare(bucket, REPLACED, replacement(What.RETENTION))
        named = s3.Bucket(data, "Other")
        of = ids["small/Data/Renamed/Resource"]
        declare(named.node.default_child, replacement(What.RENAMED, of=of))  # type: ignore[arg-type]
        declare(data, replacement(What.REMOVED, of=ids["small/Data/Removed/Resource"]))
        with pytest.raises(ReplacementError, match="on small: this is no single resource"):
            declare(root, REPLACED)

    found = answer(before, built("after", new), today=TODAY)
    assert (found.passes, found.refused, found.complaints) == (True, [], ())
    assert sorted(one.what for one in found.declared) == sorted(What)
    assert {one.path for one in found.declared} >= {"small/Data/Replaced/Resource"}
