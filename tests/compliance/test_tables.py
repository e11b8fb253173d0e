"""A mistake in a table of clauses, controls or statements is one sentence that says where and what."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from compliance import controls, frameworks, gate, prevention, tables
from compliance.tables import FrameworkError
from tests.compliance.small_app import SETTINGS, build

HEAD = {
    "id": '"law"',
    "title_en": '"A law"',
    "title_ja": '"法"',
    "edition_en": '"1"',
    "edition_ja": '"第1版"',
    "url": '"https://law.example"',
    "coverage_en": '"All of it"',
    "coverage_ja": '"全部"',
}
SHARED = """
[source.copy]
seen = "text"
en = "A copy"
ja = "写し"

[section.one]
en = "One"
ja = "一"
"""
CLAUSE = {
    "id": '"LAW-1"',
    "en": '"Keys"',
    "ja": '"鍵"',
    "section": '"one"',
    "source": '"copy"',
    "kind": '"technical"',
    "topic": '"key-management"',
    "disposition": '"proven"',
    "controls": '["keys-rotate"]',
}
CONTROL = {
    "id": '"keys"',
    "en": '"Keys rotate"',
    "ja": '"鍵が更新される"',
    "topic": '"key-management"',
    "rules": '["IRYO-KMS-ROTATION"]',
    "nag_if_present": '["KMSBackingKeyRotationEnabled"]',
    "prevent": '["DenyKeyLoss"]',
    "detect": '["CMK_BACKING_KEY_ROTATION_ENABLED"]',
}
STATEMENT = {
    "id": '"DenyMore"',
    "kind": '"scp"',
    "en": '"No more"',
    "ja": '"これ以上は拒む"',
    "actions": '["s3:*"]',
}


def toml(members: dict[str, str], **changes: str | None) -> str:
    """Members as TOML; None leaves one out."""
    given = {**members, **changes}
    return "\n".join(f"{key} = {value}" for key, value in given.items() if value is not None)


def framework(clause: str = toml(CLAUSE), head: str = toml(HEAD), shared: str = SHARED) -> str:
    return f"{head}\n{shared}\n[[clause]]\n{clause}\n"


def clause(**changes: str | None) -> str:
    return framework(toml(CLAUSE, **changes))


def control(**changes: str | None) -> str:
    return f"[[control]]\n{toml(CONTROL, **changes)}"


def sentence(load: Any, file: Path, text: str) -> str:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(FrameworkError) as error:
        load(file)
    assert "\n" not in str(error.value)
    return str(error.value)


def load_frameworks(file: Path) -> Any:
    return frameworks.load(file.parent)


def load_controls(file: Path) -> Any:
    return controls.load(file.parent)


def test_a_framework_in_order_is_read(tmp_path: Path) -> None:
    (tmp_path / "law.toml").write_text(framework(), encoding="utf-8")
    [law] = frameworks.load(tmp_path)
    [one] = law.clauses
    assert (law.id, one.id, one.seen, one.source.ja) == ("law", "LAW-1", "text", "写し")
    assert (one.controls, one.record, one.attestation, one.why) == (
        ("keys-rotate",),
        None,
        None,
        None,
    )


def test_a_wrong_table_ends_a_synthesis_with_2_and_the_old_report_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tables_, out = tmp_path / "frameworks", tmp_path / "out"
    report = out / "compliance" / "report.json"
    tables_.mkdir()
    report.parent.mkdir(parents=True)
    report.write_text("old", encoding="utf-8")
    (tables_ / "law.toml").write_text(clause(controls='["keys-turn"]'), encoding="utf-8")
    monkeypatch.setattr("compliance.assessment.frameworks.load", partial(frameworks.load, tables_))
    assert gate.synthesise(build(out), SETTINGS) == 2
    said = capsys.readouterr().err
    assert "frameworks/law.toml: clause LAW-1: controls is 'keys-turn'; " in said
    assert "Traceback" not in said
    assert report.read_text(encoding="utf-8") == "old"


FRAMEWORK_ERRORS = {
    "law.toml: cannot be read: ": "id = ",
    "law.toml: at least one [[clause]] is needed": toml(HEAD),
    "law.toml: clause LAW-1: ja is missing": clause(ja=None),
    "law.toml: clause LAW-1: ja is ''; a text that is not empty is allowed": clause(ja='""'),
    "law.toml: clause number 1: id is missing": clause(id=None),
    "law.toml: clause LAW-1: topic is 'keys'; one of ": clause(topic='"keys"'),
    "law.toml: clause LAW-1: kind is 'legal'; organisational, physical, technical is allowed": clause(
        kind='"legal"'
    ),
    "law.toml: clause LAW-1: disposition is 'green'; inherited, manual,": clause(
        disposition='"green"'
    ),
    "law.toml: clause LAW-1: controls is 'keys-turn'; one of ": clause(controls='["keys-turn"]'),
    "law.toml: clause LAW-1: controls is 'keys-rotate'; a list of texts is allowed": clause(
        controls='"keys-rotate"'
    ),
    "law.toml: clause LAW-1: controls names keys-rotate more than once": clause(
        controls='["keys-rotate", "keys-rotate"]'
    ),
    "law.toml: clause LAW-1: controls names none that a rule proves; call the clause manual": clause(
        controls='["sign-in"]'
    ),
    "law.toml: clause LAW-1: controls is not a key of it": clause(disposition='"manual"'),
    "law.toml: clause LAW-1: record_en, record_ja is not a key of it": clause(
        record_en='"Keeper: book."', record_ja='"係: 帳簿"'
    ),
    "law.toml: clause LAW-1: record_ja is missing": clause(
        disposition='"partly"', record_en='"Keeper: book."'
    ),
    "law.toml: clause LAW-1: why_en is missing": clause(
        disposition='"not-applicable"', controls=None
    ),
    "law.toml: clause LAW-1: section is 'two'; one is allowed": clause(section='"two"'),
    "law.toml: clause LAW-1: source is 'memory'; copy is allowed": clause(source='"memory"'),
    "law.toml: clause LAW-1: the id is given twice; each may stand once in all files": framework(
        f"{toml(CLAUSE)}\n[[clause]]\n{toml(CLAUSE)}"
    ),
    "law.toml: source copy: seen is 'heard'; secondary, text is allowed": framework(
        shared=SHARED.replace('"text"', '"heard"')
    ),
    "law.toml: section one: en is missing": framework(shared=SHARED.replace('en = "One"', "")),
    "law.toml: [section.NAME] is allowed": framework(
        head=toml(HEAD, section='"one"'), shared=SHARED.split("[section", maxsplit=1)[0]
    ),
    "law.toml: the file: edition_en is missing": framework(head=toml(HEAD, edition_en=None)),
    "law.toml: the file: author is not a key of it": framework(head=toml(HEAD, author='"me"')),
    "law.toml: id is 'act'; the file's name 'law' is allowed": framework(
        head=toml(HEAD, id='"act"')
    ),
}


@pytest.mark.parametrize("said", FRAMEWORK_ERRORS)
def test_a_wrong_framework_is_one_sentence(said: str, tmp_path: Path) -> None:
    file = tmp_path / "frameworks" / "law.toml"
    file.parent.mkdir()
    message = sentence(load_frameworks, file, FRAMEWORK_ERRORS[said])
    assert message.startswith(f"frameworks/{said}")


def test_a_framework_that_is_no_utf8_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "law.toml").write_bytes("鍵".encode("shift_jis"))
    with pytest.raises(FrameworkError, match=r"law\.toml: cannot be read: "):
        frameworks.load(tmp_path)


def test_an_id_may_stand_in_one_framework_only(tmp_path: Path) -> None:
    (tmp_path / "law.toml").write_text(framework(), encoding="utf-8")
    (tmp_path / "norm.toml").write_text(framework(head=toml(HEAD, id='"norm"')), encoding="utf-8")
    with pytest.raises(FrameworkError, match=r"norm\.toml: clause LAW-1: the id is given twice"):
        frameworks.load(tmp_path)


DISPOSITIONS = {
    "proven": {},
    "partly": {},
    "manual": {"controls": None},
    "inherited": {"controls": None},
    "not-applicable": {"controls": None, "why_en": '"No such thing."', "why_ja": '"該当なし"'},
}


@pytest.mark.parametrize("disposition", DISPOSITIONS)
def test_each_disposition_carries_what_shows_it(disposition: str, tmp_path: Path) -> None:
    changes: dict[str, str | None] = dict(DISPOSITIONS[disposition])
    text = clause(disposition=f'"{disposition}"', **changes)
    (tmp_path / "law.toml").write_text(text, encoding="utf-8")
    [law] = frameworks.load(tmp_path)
    [one] = law.clauses
    carried = {
        "controls": bool(one.controls),
        "record": one.record is not None,
        "attestation": one.attestation is not None,
        "why": one.why is not None,
    }
    assert {name for name, given in carried.items() if given} == {
        "proven": {"controls"},
        "partly": {"controls", "record"},
        "manual": {"record"},
        "inherited": {"attestation"},
        "not-applicable": {"why"},
    }[disposition]


def test_a_record_is_that_of_the_topic_unless_the_clause_has_its_own(tmp_path: Path) -> None:
    own = toml(
        CLAUSE,
        id='"LAW-2"',
        disposition='"partly"',
        record_en='"Keeper: book."',
        record_ja='"係: 帳簿"',
    )
    first = toml(CLAUSE, disposition='"partly"')
    given = f"{first}\n[[clause]]\n{own}"
    (tmp_path / "law.toml").write_text(framework(given), encoding="utf-8")
    [law] = frameworks.load(tmp_path)
    by_topic, by_itself = (one.record for one in law.clauses)
    assert by_topic == tables.records()["key-management"]
    assert by_itself and by_itself.en == "Keeper: book."


CONTROL_ERRORS = {
    "keys.toml: cannot be read: ": "[[control]",
    "keys.toml: at least one [[control]] is needed": "",
    "keys.toml: control number 1: is 1; a table of keys and values is allowed": "control = [1]",
    "keys.toml: the file: rule is not a key of it": f"rule = 1\n{control()}",
    "keys.toml: control keys: en is missing": control(en=None),
    "keys.toml: control keys: topic is 'locks'; one of ": control(topic='"locks"'),
    "keys.toml: control keys: rules is 'IRYO-KMS-NONE'; ": control(rules='["IRYO-KMS-NONE"]'),
    "keys.toml: control keys: nag is 'IRYO-KMS-ROTATION'; one of ": control(
        nag='["IRYO-KMS-ROTATION"]'
    ),
    "keys.toml: control keys: prevent is 'AllowAll'; one of ": control(prevent='["AllowAll"]'),
    "keys.toml: control keys: detect is 'KEYS_ROTATE'; one of ": control(detect='["KEYS_ROTATE"]'),
    "keys.toml: control keys: IRYO-KMS-ROTATION is both needed and only if present": control(
        rules_if_present='["IRYO-KMS-ROTATION"]'
    ),
    "keys.toml: control keys: notes is not a key of it": control(notes='"x"'),
    "keys.toml: control keys: the id is given twice": f"{control()}\n{control()}",
}


@pytest.mark.parametrize("said", CONTROL_ERRORS)
def test_a_wrong_control_is_one_sentence(said: str, tmp_path: Path) -> None:
    message = sentence(load_controls, tmp_path / "keys.toml", CONTROL_ERRORS[said])
    assert message.startswith(f"{tmp_path.name}/{said}")


def test_a_control_in_order_is_read_with_every_pack_of_a_rule(tmp_path: Path) -> None:
    (tmp_path / "keys.toml").write_text(control(), encoding="utf-8")
    [keys] = controls.load(tmp_path)
    assert keys.rules == ("IRYO-KMS-ROTATION", "NIST.800.53.R5-KMSBackingKeyRotationEnabled")
    assert keys.needed == ("IRYO-KMS-ROTATION",)


STATEMENT_ERRORS = {
    "either actions or not_actions is needed": toml(STATEMENT, actions=None),
    "kind is 'acl'; rcp, scp is allowed": toml(STATEMENT, kind='"acl"'),
    "the id is given twice": f"{toml(STATEMENT)}\n[[statement]]\n{toml(STATEMENT)}",
}


@pytest.mark.parametrize("said", STATEMENT_ERRORS)
def test_a_wrong_statement_is_one_sentence(said: str, tmp_path: Path) -> None:
    text = f"[[statement]]\n{STATEMENT_ERRORS[said]}"
    message = sentence(prevention.load, tmp_path / "more.toml", text)
    assert message.startswith(f"{tmp_path.name}/more.toml: statement DenyMore: {said}")
