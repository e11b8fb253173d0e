"""Counts k-mers in de-identified reads; makes synthetic ones to try it on.

    genomics.py generate FOLDER --shards 4 --reads 100 --seed 1
    genomics.py count FOLDER/shard-0.fasta RESULTS
    genomics.py merge RESULTS

A read's name is a pseudonym and a number: anything else is refused, so that a file with names of
people does not get into results. Standard library only, for it runs on the nodes' own Python.
"""

import argparse
import hashlib
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

READ_NAME = re.compile(r">[0-9a-f]{16}/\d+")
LENGTH = 80
K = 4
FAILED, WRONG_INPUT = 1, 2


def generate(folder: Path, *, shards: int, reads: int, seed: int) -> None:
    """Write synthetic shards; the same seed gives the same files."""
    folder.mkdir(parents=True, exist_ok=True)
    for shard in range(shards):
        source = random.Random(f"{seed}-{shard}")  # noqa: S311 (synthetic data)
        lines = []
        for number in range(reads):
            subject = hashlib.sha256(f"{seed}-{number % 10}".encode()).hexdigest()[:16]
            lines += [f">{subject}/{number}", "".join(source.choices("ACGT", k=LENGTH))]
        write(folder / f"shard-{shard}.fasta", "\n".join(lines) + "\n")


def count(shard: Path, results: Path) -> None:
    """Write the counts of one shard. Raises ValueError when its reads are not de-identified."""
    kmers: Counter[str] = Counter()
    reads = 0
    for number, sequence in sequences(shard):
        reads = number
        kmers.update(sequence[start : start + K] for start in range(len(sequence) - K + 1))
    name = shard.stem.replace("shard", "counts")
    results.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"reads": reads, "kmers": dict(sorted(kmers.items()))})
    write(results / f"{name}.json", text)


def sequences(shard: Path) -> Iterator[tuple[int, str]]:
    """Yield number and sequence of each read. Messages never quote the file."""
    name = None
    number = 0
    for position, line in enumerate(shard.read_text(encoding="ascii").splitlines(), start=1):
        if line.startswith(">"):
            if not READ_NAME.fullmatch(line):
                raise ValueError(f"{shard.name}: line {position} has no pseudonym as its name")
            name = line
        elif name is None or set(line) - set("ACGTN"):
            raise ValueError(f"{shard.name}: line {position} is not a sequence")
        else:
            number += 1
            yield number, line


def merge(results: Path) -> None:
    """Add up the counts of all shards."""
    kmers: Counter[str] = Counter()
    reads = 0
    files = sorted(results.glob("counts-*.json"))
    for file in files:
        part = json.loads(file.read_text(encoding="utf-8"))
        reads += part["reads"]
        kmers.update(part["kmers"])
    summary = {"shards": len(files), "reads": reads, "kmers": dict(sorted(kmers.items()))}
    write(results / "summary.json", json.dumps(summary))


def write(file: Path, text: str) -> None:
    """Write a file whole or not at all."""
    partial = file.with_name(f".{file.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(file)


def main() -> int:
    """Run a command; 2 with a sentence for a file that is not what it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    generating = commands.add_parser("generate")
    generating.add_argument("folder", type=Path)
    generating.add_argument("--shards", type=int, default=4)
    generating.add_argument("--reads", type=int, default=100)
    generating.add_argument("--seed", type=int, default=1)
    counting = commands.add_parser("count")
    counting.add_argument("shard", type=Path)
    counting.add_argument("results", type=Path)
    merging = commands.add_parser("merge")
    merging.add_argument("results", type=Path)
    given = parser.parse_args()
    try:
        if given.command == "generate":
            generate(given.folder, shards=given.shards, reads=given.reads, seed=given.seed)
        elif given.command == "count":
            count(given.shard, given.results)
        else:
            merge(given.results)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return WRONG_INPUT
    except OSError as error:
        sys.stderr.write(f"{error.filename}: {error.strerror}\n")
        return FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main())
