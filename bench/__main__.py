"""`python -m bench [--write] [NAME...]`: measure, print a table, and write it into the README."""

import argparse
import importlib
import os
import platform
import sys
from pathlib import Path

from bench.figure import Figure

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"
MEASUREMENTS = ("engine", "synth", "evidence", "mlops", "hpc", "rehearsal", "tests")
LARGE = 100
"""From here on a figure is printed without decimals."""
MARK = {True: "kept", False: "missed", None: ""}


def main(arguments: list[str]) -> int:
    """Run the measurements named (all of them by default). Return 1 when a promise is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*MEASUREMENTS, []], help="what to measure")
    parser.add_argument("--write", action="store_true", help="write the table into README.md")
    options = parser.parse_args(arguments)
    figures: list[Figure] = []
    for name in options.names or MEASUREMENTS:
        sys.stderr.write(f"measuring {name} ...\n")
        figures += importlib.import_module(f"bench.{name}").run()
    table = _table(figures)
    sys.stdout.write(table)
    if options.write:
        _write(table)
    return 1 if any(figure.good is False for figure in figures) else 0


def _table(figures: list[Figure]) -> str:
    rows = ["| what | measured | promised | |", "| --- | --- | --- | --- |"]
    for figure in figures:
        against = f" of {figure.baseline}" if figure.baseline else ""
        sign = "at least" if figure.at_least else "under"
        promised = "" if figure.limit is None else f"{sign} {figure.limit:g} {figure.unit}"
        digits = ",.0f" if figure.value >= LARGE else ".3g"
        measured = f"{figure.value:{digits}} {figure.unit}"
        rows.append(f"| {figure.name} | {measured}{against} | {promised} | {MARK[figure.good]} |")
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    return "\n".join(rows) + f"\n\nMeasured on {machine}.\n"


def _write(table: str) -> None:
    before, begin, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        sys.exit(f"{README.name}: there is no {BEGIN} ... {END} to write between")
    README.write_text(f"{before}{BEGIN}\n{table}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
