"""The help of the command line, in both languages."""

import re
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import triage.cli
from triage.cli import commands
from triage.cli.help import dutch_sentences

NAMES = ("", *sorted(commands.commands))


def shown(name: str, lang: str, width: int = 200) -> str:
    result = CliRunner().invoke(commands, [*name.split(), "--help"], obj=lang, terminal_width=width, max_content_width=width)
    assert result.exit_code == 0
    return result.output


def english_of(command: click.Command) -> set[str]:
    """The sentences that the code gives a command and its options."""
    about = (command.help or "").split("\n\n")
    options = [part.help or "" for part in command.params if isinstance(part, click.Option)]
    return {" ".join(re.sub(r"  \[.*", "", text).split()) for text in (*about, *options)} - {""}


@pytest.mark.parametrize("name", NAMES)
def test_no_english_sentence_is_left_in_the_dutch_help(name: str) -> None:
    command = commands.commands[name] if name else commands
    dutch = shown(name, "nl")
    for english in english_of(command):
        assert english in dutch_sentences(), english
        assert english not in dutch
        assert dutch_sentences()[english] in " ".join(dutch.split())
    for word in ("Usage:", "Options:", "Commands:", "[required]", "[default:", "Show this message"):
        assert word not in dutch


@pytest.mark.parametrize("name", NAMES)
def test_the_english_help_is_whole(name: str) -> None:
    command = commands.commands[name] if name else commands
    english = " ".join(shown(name, "en").split())
    assert english.startswith("Usage: ")
    assert all(sentence in english for sentence in english_of(command))


@pytest.mark.parametrize("name", NAMES)
def test_a_narrow_terminal_gets_dutch_too(name: str) -> None:
    assert not re.search(r"\b(the|with|and|messages|written?)\b", shown(name, "nl", width=45))


def test_no_translation_is_left_over() -> None:
    told = {sentence for name in NAMES for sentence in english_of(commands.commands[name] if name else commands)}
    everything = " ".join(shown(name, "en", width=400) for name in NAMES)
    for english in dutch_sentences():
        assert english in told or english.rstrip(":") in everything, english


@pytest.mark.parametrize(
    ("arguments", "begins"),
    [
        (["--help"], "Gebruik:"),
        (["--lang", "en", "--help"], "Usage:"),
        (["--help", "--lang", "en"], "Usage:"),
        (["score", "--help"], "Gebruik:"),
        (["--lang", "en", "score", "--help"], "Usage:"),
        (["score", "--help", "--lang=en"], "Usage:"),
    ],
)
def test_lang_anywhere_decides(arguments: list[str], begins: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        triage.cli.main(arguments)
    assert stop.value.code == 0
    assert capsys.readouterr().out.startswith(begins)


def test_lang_before_the_command_is_that_of_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, word in ((["--lang", "en", "check", "Goedemorgen"], "insult"), (["check", "Goedemorgen"], "belediging")):
        with pytest.raises(SystemExit):
            triage.cli.main(arguments)
        assert word in capsys.readouterr().out


def test_the_sentences_are_read_from_a_file_without_doubles() -> None:
    lines = (Path(triage.cli.__file__).parent / "help-nl.toml").read_text(encoding="utf-8")
    assert tomllib.loads(lines)["sentences"] == dutch_sentences()
    assert all(dutch.strip() and dutch != english for english, dutch in dutch_sentences().items())
