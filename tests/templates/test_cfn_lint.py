"""The vendor's own linter has nothing to say about any template."""

from pathlib import Path

from cfnlint.api import lint_file
from cfnlint.config import ManualArgs

from tests.conftest import Assembly

TOKYO, OSAKA = "ap-northeast-1", "ap-northeast-3"


def complaints(file: Path) -> list[str]:
    # ParallelCluster does not run in Osaka, and an environment there that wants it is refused.
    regions = [TOKYO] if "Hpc" in file.name else [TOKYO, OSAKA]
    return [str(match) for match in lint_file(file, config=ManualArgs(regions=regions))]


def test_templates_are_clean(every: Assembly) -> None:
    for file in every.outdir.glob("*.template.json"):
        assert complaints(file) == []


def test_the_linter_would_complain(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"Resources": {"Key": {"Type": "AWS::KMS::Key", "Properties": {"No": 1}}}}')
    assert any("'No' was unexpected" in complaint for complaint in complaints(wrong))
