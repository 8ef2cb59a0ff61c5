"""What README promises exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from triage.cli import commands

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_command_in_the_readme_exists_and_none_is_left_out():
    named = set(re.findall(r"(?:^|/|&& )triage (\w+)", README, re.MULTILINE))
    assert named == set(commands.commands)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:src|models|notebooks|benchmarks)/[\w./-]+)`|\]\(((?!http)[^)]+)\)", README))))
def test_every_file_that_the_readme_names_exists(path: tuple[str, str]):
    assert (ROOT / (path[0] or path[1])).exists()


def test_the_options_of_the_readme_exist():
    options = {option for command in commands.commands.values() for parameter in command.params for option in parameter.opts}
    assert set(re.findall(r"--(?:map|case|facts|json|lang|model)\b", README)) <= options
