"""The vendor's own linter has nothing to say about any template.

As with the linter and the type checker of our own code, what it found clean is not read again
until it, or the linter, changes: `make clean` forgets it.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from cfnlint.config import ConfigMixIn
from cfnlint.runner import Runner
from cfnlint.version import __version__ as linter

from tests.conftest import ENVIRONMENTS, Assembly
from tests.templates.test_snapshots import ASSET_HASH

TOKYO, OSAKA = "ap-northeast-1", "ap-northeast-3"
CLEAN = Path(__file__).parents[2] / "build" / "cfn-lint"


def stamp(file: Path, regions: tuple[str, ...]) -> Path:
    """What says that a template is clean; only the hashes of its assets may differ."""
    text = ASSET_HASH.sub("asset", file.read_text())
    return CLEAN / hashlib.sha256("\n".join((linter, *regions, text)).encode()).hexdigest()


def complaints(*files: Path, regions: tuple[str, ...] = (TOKYO, OSAKA)) -> list[str]:
    stamps = {file: stamp(file, regions) for file in files}
    unknown = [str(file) for file in files if not stamps[file].exists()]
    if not unknown:
        return []
    # One run for all of them: its rules take half a second to load.
    config = ConfigMixIn(["--template", *unknown], regions=list(regions))
    found = list(Runner(config).run())
    CLEAN.mkdir(parents=True, exist_ok=True)
    for name in set(unknown) - {match.filename for match in found}:
        stamps[Path(name)].touch()
    return [f"{match.filename}: {match}" for match in found]


def test_templates_are_clean(assembly: Callable[[str], Assembly]) -> None:
    files = {
        file
        for environment in ENVIRONMENTS
        for file in assembly(environment).outdir.glob("*.template.json")
    }
    # ParallelCluster does not run in Osaka, and an environment there that wants it is refused.
    hpc = {file for file in files if "Hpc" in file.name}
    assert hpc and len(files) > 20
    assert complaints(*sorted(files - hpc)) == []
    assert complaints(*sorted(hpc), regions=(TOKYO,)) == []


def test_the_linter_would_complain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.templates.test_cfn_lint.CLEAN", tmp_path / "clean")
    good, wrong = tmp_path / "good.json", tmp_path / "wrong.json"
    good.write_text('{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}')
    wrong.write_text('{"Resources": {"Key": {"Type": "AWS::KMS::Key", "Properties": {"No": 1}}}}')
    for _ in range(2):  # what was found wrong is read again
        found = complaints(good, wrong)
        assert found and all("wrong.json" in one for one in found)
        assert any("'No' was unexpected" in complaint for complaint in found)
    assert stamp(good, (TOKYO, OSAKA)).exists() and not stamp(wrong, (TOKYO, OSAKA)).exists()
    good.write_text(wrong.read_text())
    assert any("good.json" in one for one in complaints(good))
