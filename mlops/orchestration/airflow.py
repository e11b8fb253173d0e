"""A definition as an Airflow DAG: a small module beside the definition's JSON.

Written for Airflow 3 (MWAA has it); the worker's environment needs boto3 and this package.
"""

import json
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


def write(
    definition: dict[str, Any], folder: Path, *, name: str, schedule: str | None = None
) -> Path:
    """Write <name>.py and <name>.json into a DAG folder; return the module's path.

    Raises DefinitionError when the definition is wrong.
    """
    tasks(definition, name)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(definition, indent=1), encoding="utf-8")
    module = folder / f"{name}.py"
    module.write_text(_MODULE.format(name=name, schedule=schedule), encoding="utf-8")
    return module
