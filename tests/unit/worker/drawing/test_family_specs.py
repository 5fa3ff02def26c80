"""Tests that the names of families and their drawings agree."""

import subprocess
import sys

import pytest

from shared.briefs.vocabulary import PATTERNS
from shared.designs.families import FAMILY_SPECS
from worker.drawing.families import FAMILIES


def test_every_spec_has_a_drawing_and_every_drawing_a_spec() -> None:
    assert set(FAMILY_SPECS) == set(FAMILIES)
    assert all(FAMILIES[name].spec is spec for name, spec in FAMILY_SPECS.items())
    assert all(name == spec.name for name, spec in FAMILY_SPECS.items())


def test_families_are_patterns_of_the_vocabulary() -> None:
    assert set(FAMILY_SPECS) <= set(PATTERNS)


@pytest.mark.parametrize("name", sorted(FAMILY_SPECS))
def test_spec_is_consistent(name: str) -> None:
    spec = FAMILY_SPECS[name]
    assert len(set(spec.forms)) == len(spec.forms) > 0
    assert set(spec.form_accents) <= set(spec.forms)
    least, most = spec.accents
    assert all(least <= count < most for count in spec.form_accents.values())
    assert max(map(spec.most_accents, spec.forms)) >= 3
    assert "scale" in spec.traits
    assert spec.traits <= {"scale", "density", "line_weight"}
    assert spec.drawing == f"{name}@{spec.version}"


def test_specs_need_no_numpy() -> None:
    code = "import sys, shared.designs.families; assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
