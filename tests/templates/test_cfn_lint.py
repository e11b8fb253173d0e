"""The vendor's own linter has nothing to say about any template."""

from collections.abc import Callable
from pathlib import Path

from cfnlint.config import ConfigMixIn
from cfnlint.runner import Runner

from tests.conftest import ENVIRONMENTS, Assembly

TOKYO, OSAKA = "ap-northeast-1", "ap-northeast-3"


def complaints(*files: Path, regions: tuple[str, ...] = (TOKYO, OSAKA)) -> list[str]:
    # One run for all of them: its rules take half a second to load.
    config = ConfigMixIn(["--template", *map(str, files)], regions=list(regions))
    return [f"{match.filename}: {match}" for match in Runner(config).run()]


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


def test_the_linter_would_complain(tmp_path: Path) -> None:
    good, wrong = tmp_path / "good.json", tmp_path / "wrong.json"
    good.write_text('{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}')
    wrong.write_text('{"Resources": {"Key": {"Type": "AWS::KMS::Key", "Properties": {"No": 1}}}}')
    found = complaints(good, wrong)
    assert found and all("wrong.json" in one for one in found)
    assert any("'No' was unexpected" in complaint for complaint in found)
