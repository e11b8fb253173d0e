"""A definition as an Airflow DAG: a small module beside the definition's JSON.

Written for Airflow 3 (MWAA has it). The folder is whole: what the module imports is copied into it,
so that a worker needs boto3 and nothing else.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from mlops.orchestration.plan import tasks

_MODULE = '''\
"""The pipeline {name}, generated from its definition: change that, not this."""

import json
from pathlib import Path

import boto3
from airflow.providers.standard.operators.python import BranchPythonOperator, PythonOperator
from airflow.sdk import DAG, Param

from mlops.orchestration.plan import followers, tasks
from mlops.orchestration.step import Request, execute

NAME = "{name}"
DEFINITION = json.loads((Path(__file__).parent / "{name}.json").read_text(encoding="utf-8"))
PLAN = tasks(DEFINITION, NAME)
PARAMETERS = {{p["Name"]: p.get("DefaultValue") for p in DEFINITION["Parameters"]}}


def run(step, after, ti, run_id, params):
    """Carry out a step; its properties go to the steps after it."""
    request = Request(
        definition=DEFINITION,
        step=step,
        pipeline=NAME,
        execution=run_id,
        parameters={{name: str(params[name]) for name in PARAMETERS}},
        results={{name: ti.xcom_pull(task_ids=name) or {{}} for name in after}},
    )
    return execute(request, boto3.client)


def choose(step, after, ti, run_id, params):
    """Decide a condition; name the tasks that go on."""
    outcome = run(step, after, ti, run_id, params)["outcome"]
    return followers(step, outcome, PLAN)


with DAG(
    dag_id=NAME,
    schedule={schedule!r},
    catchup=False,
    max_active_runs=1,
    params={{name: Param(default) for name, default in PARAMETERS.items()}},
    tags=["iryo"],
) as dag:
    operators = {{}}
    for task in PLAN:
        branches = task.type == "Condition"
        operator = BranchPythonOperator if branches else PythonOperator
        operators[task.name] = operator(
            task_id=task.name,
            python_callable=choose if branches else run,
            op_kwargs={{"step": task.name, "after": list(task.after)}},
        )
        for name in task.after:
            operators[name] >> operators[task.name]
'''


PACKAGE = "mlops"
NEEDED = (
    *("__init__.py", "pipeline_definition", "orchestration/__init__.py", "orchestration/plan.py"),
    *("orchestration/step.py", "runner/__init__.py", "runner/conditions.py", "runner/errors.py"),
    "runner/resolve.py",
)
"""Of this package, what a generated module needs."""


def write(
    definition: dict[str, Any], folder: Path, *, name: str, schedule: str | None = None
) -> Path:
    """Write <name>.py, <name>.json and the code they need into a DAG folder; return the module.

    Raises DefinitionError when the definition is wrong.
    """
    tasks(definition, name)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(definition, indent=1), encoding="utf-8")
    module = folder / f"{name}.py"
    module.write_text(_MODULE.format(name=name, schedule=schedule), encoding="utf-8")
    _copy_code(folder / PACKAGE)
    # The code has no DAGs, but the words that Airflow looks for.
    (folder / ".airflowignore").write_text(f"{PACKAGE}/\n", encoding="utf-8")
    return module


def _copy_code(target: Path) -> None:
    """Copy the needed code; what an older version left there goes."""
    source = Path(__file__).parents[1]
    if target.exists():
        shutil.rmtree(target)
    for name in NEEDED:
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if (source / name).is_dir():
            shutil.copytree(source / name, place, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source / name, place)
