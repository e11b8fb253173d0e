"""Whether new Spot and GPU nodes may start: AWS Budgets says no, the first of a month says yes.

Environment: `JOURNAL_TABLE`. The answer is written down; `watch` acts on it within five minutes and
keeps to it, also on a head node that was replaced.
"""

import logging
import os
from functools import lru_cache
from typing import Any

import boto3

LOGGER = logging.getLogger(__name__)
logging.getLogger().setLevel(logging.INFO)
KEY = {"Id": {"S": "spending"}}


@lru_cache(maxsize=1)
def _table() -> Any:
    return boto3.client("dynamodb")


def handler(event: dict[str, Any], _: Any) -> None:
    """Take a notification of the budget's topic, or {"Spending": "open"} of a rule or a person."""
    stop = event.get("Spending") != "open"
    if stop and not event.get("Records"):
        raise ValueError('a notification or {"Spending": "open"} is expected')
    _table().put_item(
        TableName=os.environ["JOURNAL_TABLE"],
        Item={**KEY, "State": {"S": "stopped" if stop else "open"}},
    )
    LOGGER.info("spending on Spot and GPU nodes: %s", "stopped" if stop else "open")


def stopped(dynamodb: Any, table: str) -> bool:
    """Whether the budget is used up."""
    answer = dynamodb.get_item(TableName=table, Key=KEY, ConsistentRead=True)
    return bool(answer.get("Item", {}).get("State", {}).get("S") == "stopped")
