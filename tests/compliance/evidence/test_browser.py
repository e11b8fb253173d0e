"""The page in a real browser: language, filters, the way from a clause to its proof and back."""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from compliance.evidence import kill
from compliance.kill.score import Score
from tests.compliance.evidence import browser as chromium
from tests.compliance.evidence import world
from tests.compliance.evidence.browser import Browser
from tests.compliance.evidence.test_page import HARM, JAPANESE

pytestmark = [
    pytest.mark.skipif(chromium.program() is None, reason="no Chromium on this machine"),
    pytest.mark.xdist_group("browser"),
]
VIEWS = (
    *(
        "summary",
        "clauses",
        "findings",
        "resources",
        "controls",
        "rights",
        "waivers",
        "types",
        "kill",
    ),
    *("changes", "help"),
)
HEADING = "document.querySelector('#view:not([hidden]) h1, #overview:not([hidden]) h1').innerText"
SHOWN = "document.querySelectorAll('#view .list > li').length"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium.started(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A report with an excuse, a change, a kill score, and a name that would run."""
    base = world.write(tmp_path_factory.mktemp("base"))
    rooms = world.bodies()
    del rooms["Room"]["Queue"]["Properties"]["KmsMasterKeyId"]
    rooms["Room"]["Evil"] = world.named(
        "SQS::Queue", QueueName=HARM, KmsMasterKeyId="arn:of:key", Tags=world.tags()
    )
    longest = "Route53Resolver::ResolverQueryLoggingConfigAssociation"
    rooms["Room"]["Association"] = world.named(longest)
    folder = tmp_path_factory.mktemp("report")
    waivers = {"iryo/Room/Queue": world.waiver()}
    score = Score(environment="test", unbroken=["IRYO-TAGS"], absent=["IRYO-S3-TLS"])
    score.count(world.ROTATION, "rotation off, iryo/Vault/Key", killed=True)
    score.count(world.ENCRYPTION, "no key, iryo/Room/Queue", killed=False)
    score.write(folder / "score.json")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kill, "SCORE", folder / "score.json")
        yield world.write(folder, rooms, base=base, waivers=waivers) / "report.html"


def opened(browser: Browser, report: Path, view: str = "", **given: Any) -> None:
    browser.open(f"{report.as_uri()}{view}", **given)


def goes(browser: Browser, view: str) -> None:
    before = browser.evaluate("location.hash")
    browser.evaluate(f"location.hash = {json.dumps(view)}")
    if before != view:
        browser.wait(f"location.hash === {json.dumps(view)}")
    # A hashchange is told in a task of its own.
    browser.evaluate("new Promise((done) => setTimeout(done, 0))")


def resource(path: str) -> str:
    return f"#resource/{path.replace('/', '%2F')}"


def test_the_browsers_language_is_the_first(browser: Browser, report: Path) -> None:
    opened(browser, report, language="ja-JP,en")
    assert browser.evaluate("document.documentElement.lang") == "ja"
    assert browser.evaluate(HEADING) == "概要"
    opened(browser, report, language="de,en-GB")
    assert browser.evaluate("document.documentElement.lang") == "en"
    assert browser.evaluate(HEADING) == "Summary"
    assert browser.errors() == []


def test_one_switch_changes_the_language_where_one_is(browser: Browser, report: Path) -> None:
    opened(browser, report, "#clauses")
    assert browser.evaluate(HEADING) == "Clauses"
    browser.click("document.querySelector('button[data-language=ja]')")
    assert browser.evaluate(HEADING) == "条項"
    assert browser.evaluate("document.title") == "条項 · test"
    pressed = "[...document.querySelectorAll('[aria-pressed=true]')].map((one) => one.lang)"
    assert browser.evaluate(pressed) == ["ja"]
    browser.click("document.querySelector('button[data-language=en]')")
    assert browser.evaluate(HEADING) == "Clauses"


def test_filters_narrow_and_are_kept_in_the_address(browser: Browser, report: Path) -> None:
    opened(browser, report, "#clauses")
    assert browser.evaluate(SHOWN) == 3

    def choose(name: str, value: str) -> None:
        browser.evaluate(
            f"{{ const box = document.querySelector('[name={name}]'); box.value = {json.dumps(value)};"
            "box.dispatchEvent(new Event('change')); }"
        )

    choose("verdict", "manual")
    assert browser.evaluate(SHOWN) == 1
    choose("verdict", "")
    choose("room", "Vault")
    assert browser.evaluate(SHOWN) == 1
    assert (
        browser.evaluate("document.querySelector('#view .list .id').innerText") == "ACT-2026-1(b)"
    )
    choose("room", "")
    choose("owner", "queue-team")
    assert (
        browser.evaluate("document.querySelector('#view .list .id').innerText") == "ACT-2026-1(a)"
    )
    assert browser.evaluate("location.hash") == "#clauses?owner=queue-team"
    choose("owner", "Trainer")
    assert browser.evaluate("document.querySelector('#view .list .id').innerText") == "ACT-2026-2①"
    choose("owner", "")
    browser.evaluate(
        "{ const box = document.querySelector('[name=text]'); box.value = 'rotate keys';"
        "box.dispatchEvent(new Event('input')); }"
    )
    browser.wait(f"{SHOWN} === 1")
    assert browser.evaluate("document.querySelector('[role=status]').innerText") == "1 of 3"
    opened(browser, report, "#clauses?verdict=nothing")
    assert "Nothing matches" in browser.evaluate("document.getElementById('view').innerText")


def test_from_a_clause_to_what_proves_it_and_back(browser: Browser, report: Path) -> None:
    opened(browser, report, "#clauses?verdict=waived")
    browser.click("document.querySelector('#view .list a')")
    browser.wait(f"{HEADING} === 'Messages at rest'")
    browser.wait("!!document.querySelector('#view .rule .list a')")
    said = browser.evaluate("document.getElementById('view').innerText")
    assert "DenyPlainQueues" in said and "sqs-queue-encrypted" in said
    assert "KmsMasterKeyId" in said and "not set" in said
    assert "queue-team" in said and "IRYO-7" in said

    browser.click(f"document.querySelector('#view a[href=\"{resource(world.QUEUE)}\"]')")
    browser.wait(f"{HEADING} === 'Room/Queue/Resource'")
    said = browser.evaluate("document.getElementById('view').innerText")
    assert "Room.nested.template.json line" in said and "AWS::SQS::Queue" in said

    browser.click("document.querySelector('#view .clauses a')")
    browser.wait(f"{HEADING} === 'Messages at rest'")
    browser.evaluate("history.back()")
    browser.wait(f"{HEADING} === 'Room/Queue/Resource'")
    browser.evaluate("history.back()")
    browser.wait(f"{HEADING} === 'Messages at rest'")
    browser.evaluate("history.back()")
    browser.wait(f"{HEADING} === 'Clauses'")
    assert browser.evaluate("document.querySelector('[name=verdict]').value") == "waived"


def test_every_link_leads_somewhere(browser: Browser, report: Path) -> None:
    opened(browser, report)
    to_do, seen = [f"#{view}" for view in VIEWS], set()
    while to_do:
        view = to_do.pop()
        if view in seen:
            continue
        seen.add(view)
        goes(browser, view)
        assert "no such entry" not in browser.evaluate(
            "document.getElementById('view').innerText"
        ), view
        to_do += browser.evaluate(
            "[...document.querySelectorAll('main a')].map((one) => one.getAttribute('href'))"
            ".filter((href) => href.startsWith('#'))"
        )
    assert {one.split("/")[0].split("?")[0] for one in seen} >= {
        *("#clause", "#resource", "#rule", "#control"),
        *(f"#{view}" for view in VIEWS),
    }
    assert browser.errors() == []
    goes(browser, "#clause/nothing")
    assert "no such entry" in browser.evaluate("document.getElementById('view').innerText")


def test_nothing_is_left_untranslated(browser: Browser, report: Path) -> None:
    """On the Japanese page, what is not Japanese is a name: of a resource, a rule, a person."""
    opened(browser, report, language="ja")
    names = re.compile(
        r"[\d\s.,:·→/()\[\]{}–-]*|AWS|IAM|KMS|Iryo|\(?test\)?( \(production\))?|team|queue-team|IRYO-7|2026"
        r"|Room|Vault|English|[a-z-]+\.(csv|json|sarif|yaml)|UTC|https?://\S+|[0-9a-f]{10}|AWS::\S+"
        r"|\d{4}-\d\d-\d\d( \d\d:\d\d UTC)?|The Act|cdk-nag"
    )
    for view in (*VIEWS, "clause/ACT-2026-1(a)", "rule/" + world.ENCRYPTION, "control/rotation"):
        goes(browser, f"#{view}")
        said = browser.evaluate(
            """(() => {
              const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              while (walker.nextNode()) {
                const holder = walker.currentNode.parentElement;
                if (!holder.checkVisibility?.() || holder.closest('script, style, [translate=no], .id, .path, [lang=en]')) continue;
                if (walker.currentNode.data.trim()) found.push(walker.currentNode.data.trim());
              }
              return found;
            })()"""
        )
        left = [one for one in said if not JAPANESE.search(one)]
        words = [
            one
            for one in left
            if not all(names.fullmatch(part) for part in re.split(r" · |, ", one))
        ]
        assert words == [], view


def test_names_that_would_run_do_no_harm(browser: Browser, report: Path) -> None:
    opened(browser, report)
    for view in ("#resources", resource("iryo/Room/Evil"), "#findings"):
        goes(browser, view)
    goes(browser, resource("iryo/Room/Evil"))
    browser.evaluate(
        "[...document.querySelectorAll('#view details')].forEach((one) => { one.open = true; })"
    )
    browser.wait("document.getElementById('view').innerText.includes('</script>')")
    assert browser.evaluate("window.harmed") is None
    assert browser.errors() == []


@pytest.mark.parametrize("width", [360, 390, 768, 1440])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_no_width_scrolls_sideways(
    width: int, language: str, browser: Browser, report: Path
) -> None:
    opened(browser, report, width=width, language=language)
    for view in (*VIEWS, "clause/ACT-2026-1(a)", "rule/" + world.ENCRYPTION):
        goes(browser, f"#{view}")
        assert browser.evaluate("document.documentElement.scrollWidth") <= width, view


def test_the_keyboard_is_enough(browser: Browser, report: Path) -> None:
    opened(browser, report)
    browser.press("Tab")
    assert browser.evaluate("document.activeElement.className") == "skip"
    assert browser.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    for _ in range(3):
        browser.press("Tab")
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert browser.evaluate("document.activeElement.tagName") == "A"
    assert browser.evaluate(outline) == "solid"
    goes(browser, "#clauses")
    assert browser.evaluate("document.activeElement.tagName") == "H1"
    unnamed = (
        "[...document.querySelectorAll('button, a, select, input, summary')]"
        ".filter((one) => !(one.textContent || one.labels?.length || one.getAttribute('aria-label')))"
        ".map((one) => one.outerHTML)"
    )
    assert browser.evaluate(unnamed) == []


def test_headings_do_not_skip_a_level(browser: Browser, report: Path) -> None:
    opened(browser, report)
    for view in (*VIEWS, "clause/ACT-2026-1(a)"):
        goes(browser, f"#{view}")
        levels = browser.evaluate(
            "[...document.querySelectorAll('h1, h2, h3, h4')].filter((one) => one.checkVisibility())"
            ".map((one) => Number(one.tagName[1]))"
        )
        assert levels.count(1) == 1 and levels[0] == 1, view
        steps = pairwise(levels)
        assert all(after - before <= 1 for before, after in steps), (view, levels)


def test_it_prints_whole(browser: Browser, report: Path) -> None:
    opened(browser, report, "#clauses")
    printed = browser.printed()
    assert printed.startswith(b"%PDF") and len(re.findall(rb"/Type\s*/Page\b", printed)) >= 3
    assert browser.evaluate("document.getElementById('print').hidden") is True


def test_without_javascript_the_summary_is_there(browser: Browser, report: Path) -> None:
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.call("Page.navigate", url=report.as_uri())
        browser.wait("document.readyState === 'complete' && location.protocol === 'file:'")
        said = browser.evaluate("document.body.innerText")
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)
    for words in ("The Act", "The Act（日本語）", "matrix.csv", "JavaScript"):
        assert words in said


def test_of_two_thousand_resources_a_hundred_are_listed_at_a_time(
    browser: Browser, tmp_path: Path
) -> None:
    rooms = world.bodies()
    queue = rooms["Room"]["Queue"]
    rooms |= {
        f"Room{room}": {f"Queue{number}": queue for number in range(200)} for room in range(10)
    }
    report = world.write(tmp_path, rooms) / "report.html"
    opened(browser, report, "#resources")
    assert browser.evaluate(SHOWN) == 100
    browser.click("document.querySelector('#view .more button')")
    assert browser.evaluate(SHOWN) == 200
