"""The page as text: whole, the same every time, harmless, and complete in both languages."""

import hashlib
import json
import re
from base64 import b64encode
from pathlib import Path

import pytest

from compliance import controls, coverage, frameworks
from compliance.catalogue import OF_THE_GATE
from compliance.evidence import files, html, kill, titles, wording, writing
from compliance.evidence.errors import ReportError
from compliance.evidence.when import UNKNOWN, origin
from compliance.kill.score import Score
from compliance.rules import RULES
from compliance.text import Text
from compliance.verdicts import Verdict
from compliance.waivers import known_rules
from tests.compliance.evidence import world

PAGE = html.FOLDER
JAPANESE = re.compile(r"[぀-ヿ一-鿿]")
HARM = '</script><script>window.harmed=1</script><img src=x onerror="window.harmed=1">'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return world.write(tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


def script_text() -> str:
    return "".join((PAGE / name).read_text(encoding="utf-8") for name in html.SCRIPTS)


def test_the_same_input_gives_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    one, two = (world.write(tmp_path / name) for name in ("one", "two"))
    names = sorted(file.name for file in one.iterdir())
    assert names == world.FILES
    assert [(one / name).read_bytes() for name in names] == [
        (two / name).read_bytes() for name in names
    ]
    assert b"2026-09-21T" in (one / "assessment-results.json").read_bytes()


def test_a_date_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(ReportError, match="SOURCE_DATE_EPOCH: 'yesterday'"):
        origin()


def test_without_a_checkout_the_date_is_not_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert origin(tmp_path).date == UNKNOWN


def test_only_the_one_script_and_style_may_run(page: str) -> None:
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]+)"', page)
    assert "default-src 'none'" in policy
    for kind, tag in (("script", "<script>"), ("style", "<style>")):
        inside = page.split(tag)[1].split(f"</{kind}>", maxsplit=1)[0]
        digest = b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


def test_nothing_is_fetched(page: str) -> None:
    assert not re.findall(r"<(?:link|iframe|img|audio|video|object|embed)\b", page)
    assert not re.findall(r"\ssrc=|@import|url\(|fetch\(|XMLHttpRequest|innerHTML", page)


def test_names_that_would_run_do_no_harm(tmp_path: Path) -> None:
    rooms = world.bodies()
    rooms["Room"]["Evil"] = world.named("SQS::Queue", QueueName=HARM)
    folder = world.assembly(tmp_path, rooms, extra={"Evil": f"iryo/Room/{HARM}/Resource"})
    title = Text(en=HARM, ja=HARM)
    clauses = (world.clause(HARM, HARM, controls=("messages",), why=title),)
    writing.write(
        assessment=world.assessed(world.judged(folder), clauses=clauses),
        settings=world.SETTINGS,
        folder=folder,
    )
    text = (folder / "compliance" / "report.html").read_text(encoding="utf-8")
    assert text.count("<script") == 2
    assert "<img" not in text
    inside = text.split('id="data">')[1].split("</script>")[0]
    assert any(HARM in place[0] for place in json.loads(inside)["places"])


def test_a_report_that_cannot_be_made_leaves_the_old_one(folder: Path) -> None:
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    with pytest.raises(ReportError):
        world.write(folder.parent, base=folder / "gone.json")
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_files_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    files.write(tmp_path, {"a": b"old", "b": b"old"})
    (tmp_path / "c").mkdir()
    with pytest.raises(OSError):
        files.write(tmp_path, {"a/../nowhere/x": b"new", "b": b"new"})
    assert [(tmp_path / name).read_bytes() for name in "ab"] == [b"old", b"old"]
    assert not list(tmp_path.glob("*.unfinished"))


# Both languages.


def test_every_word_is_in_both_languages() -> None:
    for key, (english, japanese) in wording.page().items():
        assert english.strip() and not JAPANESE.search(english), key
        assert JAPANESE.search(japanese), key
        holes = re.compile(r"\{\w+\}")
        assert sorted(holes.findall(english)) == sorted(holes.findall(japanese)), key


def test_the_page_knows_every_word_it_uses_and_uses_every_word_it_knows() -> None:
    code = script_text() + "".join(
        file.read_text(encoding="utf-8") for file in sorted(PAGE.parent.glob("*.py"))
    )
    used = set(re.findall(r"""\b(?:t|both|_term)\(\s*["']([a-z. ]+)["']""", code))
    used |= set(re.findall(r"""["']([a-z]+\.[a-z.]+)["']""", code)) & wording.page().keys()
    assert used - wording.page().keys() == set()
    # `verdict.${...}`: whatever the data has after the dot.
    families = {prefix.split(".")[0] for prefix in re.findall(r"`([a-z]+\.)\$\{", code)}
    families |= {prefix.split(".")[0] for prefix in re.findall(r"""f["']([a-z]+\.)\{""", code)}
    unused = {
        key
        for key in wording.page()
        if key not in used and key.split(".")[0] not in families and f'"{key}"' not in code
    }
    # These are named by the data: what a change is about.
    assert unused <= {"clause", "control", "rule"}


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_words_an_icon_and_a_colour(verdict: Verdict) -> None:
    name = verdict.replace(" ", "-")
    assert {f"verdict.{verdict}", f"meaning.{verdict}"} <= wording.page().keys()
    assert f'id="i-{name}"' in (PAGE / "page.html").read_text()
    assert f".{name} {{" in (PAGE / "page.css").read_text()


def test_every_rule_of_ours_is_described_in_both_languages() -> None:
    assert wording.gate().keys() == OF_THE_GATE.keys()
    for rule in (*(rule.id for rule in RULES), *OF_THE_GATE):
        words = titles.of(rule)
        assert words.title[0] and not JAPANESE.search(words.title[0]), rule
        assert JAPANESE.search(words.title[1]) and JAPANESE.search(words.remedy[1]), rule


def test_every_rule_of_the_packs_is_described_in_both_languages() -> None:
    of_packs = {rule.rpartition("-")[2] for rule in known_rules() if not rule.startswith("IRYO-")}
    assert wording.nag().keys() == of_packs
    for english, japanese in wording.nag().values():
        assert english and JAPANESE.search(japanese)


def test_rules_that_nobody_described_are_called_by_their_id() -> None:
    assert titles.of("X-UNKNOWN").title == ("X-UNKNOWN", "X-UNKNOWN")
    assert JAPANESE.search(titles.of("CFN-E3002").title[1])


def test_frameworks_controls_and_reasons_are_in_both_languages() -> None:
    texts = list(coverage.reasons().values())
    texts += [control.title for control in controls.load()]
    for framework in frameworks.load():
        texts += [framework.title, framework.coverage]
        for clause in framework.clauses:
            given = (clause.title, clause.section, clause.record, clause.why)
            texts += [text for text in given if text is not None]
    assert len(texts) > 100
    assert [text.en for text in texts if not text.en.strip() or not text.ja.strip()] == []


def test_dispositions_and_kinds_have_words() -> None:
    for framework in frameworks.load():
        for clause in framework.clauses:
            keys = {
                f"disposition.{clause.disposition}",
                f"kind.{clause.kind}",
                f"seen.{clause.seen}",
            }
            assert keys <= wording.page().keys(), clause.id


# Readable.


def luminance(colour: str) -> float:
    colour = "".join(digit * 2 for digit in colour) if len(colour) == 3 else colour
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    """Contrast ratio as WCAG 2.2 defines it."""
    high, low = sorted((luminance(one), luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        *((f"{v.replace(' ', '-')}", f"{v.replace(' ', '-')}-tint") for v in Verdict),
        *(("soft", ground) for ground in ("paper", "ground", "faint")),
        *(("ink", "ground"), ("accent", "paper"), ("accent", "accent-tint"), ("waived", "paper")),
    ],
)
def test_contrast_is_enough_to_read(ink: str, ground: str) -> None:
    colours = dict(re.findall(r"--([\w-]+): #(\w+);", (PAGE / "page.css").read_text()))
    assert contrast(colours[ink], colours[ground]) >= 4.5


def test_the_summary_needs_no_script(page: str) -> None:
    plain = page.split("<main")[1].split("</main>", maxsplit=1)[0]
    for words in (
        "The Act",
        "The Act（日本語）",
        "matrix.csv",
        "The gate is red",
        "ゲートは不通過",
    ):
        assert words in plain
    assert '<html lang="en">' in page and 'class="w" lang="ja"' in plain
    assert page.count("<h1") == 1 and "<main" in page and "<nav" in page


# The kill score.


def test_a_kill_score_becomes_part_of_it(tmp_path: Path) -> None:
    assert kill.score(tmp_path / "score.json") is None
    score = Score(environment="test")
    score.count(world.ROTATION, "rotation off, iryo/Vault/Key", killed=True)
    score.count(world.ENCRYPTION, "no key, iryo/Room/Queue", killed=False)
    score.write(tmp_path / "score.json")
    found = kill.score(tmp_path / "score.json")
    assert found is not None
    assert (found["killed"], found["total"]) == (1, 2)
    assert found["survivors"] == [f"{world.ENCRYPTION}: no key, iryo/Room/Queue"]
    assert found["by_rule"] == [[world.ROTATION, 1, 1], [world.ENCRYPTION, 0, 1]]


@pytest.mark.parametrize("text", ['{"killed": 80}', "no score", "[]"])
def test_a_file_that_is_no_kill_score_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "score.json"
    file.write_text(text)
    with pytest.raises(ReportError, match=r"score\.json: is no score of kill tests"):
        kill.score(file)
