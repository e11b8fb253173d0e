"""What we know of cdk-nag agrees with the package at hand."""

import json
import re
import tarfile
from pathlib import Path

import cdk_nag

from compliance import waivers
from compliance.waivers import GRANULAR

FILES = {"HIPAA.Security": "hipaa-security.js", "NIST.800.53.R5": "nist-800-53-r5.js"}


def test_the_rule_ids_and_the_granular_ones() -> None:
    [archive] = (Path(cdk_nag.__file__).parent / "_jsii").glob("*.tgz")
    with tarfile.open(archive) as package:
        texts = {
            Path(name).name: source.read().decode()
            for name in package.getnames()
            if name.endswith(".js") and (source := package.extractfile(name))
        }
    kept = json.loads((Path(waivers.__file__).parent / "nag_rules.json").read_text())
    found = {
        pack: sorted(set(re.findall(r"^\s+rule: \w+\.(\w+)", texts[file], re.MULTILINE)))
        for pack, file in FILES.items()
    }
    assert kept == found
    granular = {
        rule
        for rules in found.values()
        for rule in rules
        if re.search(r"\bfindings\b", re.sub(r"//# source.*", "", texts[f"{rule}.js"]))
    }
    assert granular == set(GRANULAR)
