"""What is generated for Airflow and Kubeflow, judged by their own tools in their environment."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mlops.orchestration import airflow, kubeflow
from mlops.orchestration.plan import tasks

PYTHON = Path(__file__).parents[2] / "build" / "orchestrators-venv" / "bin" / "python"
pytestmark = pytest.mark.skipif(
    not PYTHON.is_file(), reason="`make orchestrators` builds the environment with Airflow and kfp"
)
BAG = """
import json, sys
sys.path.append(sys.argv[1])  # as Airflow's processor does with a bundle of DAGs
from airflow.models.dagbag import DagBag
bag = DagBag(sys.argv[1], include_examples=False)
edges = {d: {t.task_id: sorted(t.upstream_task_ids) for t in bag.dags[d].tasks} for d in bag.dags}
json.dump({"errors": list(bag.import_errors.values()), "dags": edges}, open(sys.argv[2], "w"))
"""


def judged(script: list[str], home: Path) -> "subprocess.CompletedProcess[str]":
    """Run something in the other environment, without this project on its path."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
    }
    return subprocess.run(
        [str(PYTHON), *script],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_airflow_s_dag_bag_takes_the_dag_and_finds_a_broken_one(
    definition: dict[str, Any], tmp_path: Path
) -> None:
    dags = tmp_path / "dags"
    airflow.write(definition, dags, name="iryo-clinical", schedule="@weekly")
    broken = airflow.write(definition, dags, name="broken")
    broken.write_text(broken.read_text().replace("tasks(DEFINITION, NAME)", "tasks(DEFINITION)"))
    out = tmp_path / "bag.json"
    result = judged(["-c", BAG, str(dags), str(out)], tmp_path)
    assert result.returncode == 0, result.stderr
    found = json.loads(out.read_text())
    assert found["dags"] == {
        "iryo-clinical": {task.name: sorted(task.after) for task in tasks(definition, "p")}
    }
    (error,) = found["errors"]
    assert "missing 1 required positional argument" in error


def test_kfp_s_compiler_takes_the_module_and_refuses_a_broken_one(
    definition: dict[str, Any], tmp_path: Path
) -> None:
    module = kubeflow.write(definition, tmp_path, name="iryo-clinical")
    out = tmp_path / "pipeline.yaml"
    result = judged([str(module), str(out)], tmp_path)
    assert result.returncode == 0, result.stderr
    compiled = out.read_text()
    image = definition["Steps"][0]["Arguments"]["AppSpecification"]["ImageUri"]
    assert compiled.count(f"image: {image}") == len(tasks(definition, "p"))
    for branch in ("IfSteps", "ElseSteps"):
        assert f"== '{branch}'" in compiled
    # Train waits for Features alone; without its result the component cannot be called.
    module.write_text(module.read_text().replace("after_features=", "after_nothing="))
    result = judged([str(module), str(out)], tmp_path)
    assert result.returncode != 0
    assert "after_nothing" in result.stderr
