"""The command line: thin, one module a command.

Exit codes: 0 done, 1 nothing to do or refused, 2 wrong use. Errors are one sentence on standard error.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from typing import Any

import click

from triage.cli.assess import assess
from triage.cli.cases import cases
from triage.cli.check import check
from triage.cli.dossier import dossier
from triage.cli.evaluate import evaluate
from triage.cli.help import HelpContext
from triage.cli.mistakes import sentence
from triage.cli.options import lang_option
from triage.cli.report import report
from triage.cli.review import review
from triage.cli.score import score
from triage.cli.train import train
from triage.errors import TriageError
from triage.language import Lang


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="triage")
@lang_option
@click.pass_context
def commands(context: click.Context, lang: Lang) -> None:
    """Reads Dutch messages sent to people at work, weighs cases, suggests steps. People decide."""
    context.default_map = {command: {"lang": lang} for command in commands.commands}


commands.context_class = HelpContext
for _command in (check, assess, score, cases, report, dossier, review, evaluate, train):
    _command.context_class = HelpContext
    commands.add_command(_command)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal that cannot show an emoji must not stop the program
            stream.reconfigure(errors="replace")
    given = sys.argv[1:] if arguments is None else arguments
    lang = _language(given)
    sys.exit(_guarded(lambda: commands.main(given, prog_name="triage", standalone_mode=False, obj=lang), lang))


def _language(given: list[str]) -> Lang:
    """The language of `--lang`, read off the arguments themselves, since errors come before they are parsed."""
    english = "--lang=en" in given or any(pair == ("--lang", "en") for pair in itertools.pairwise(given))
    return "en" if english else "nl"


def _guarded(run: Callable[[], Any], lang: Lang) -> int:
    """Run, and turn what goes wrong into one sentence and an exit code."""
    from triage.report.plain import one_line

    try:
        run()
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        if isinstance(error, click.UsageError) and (text := sentence(error)):
            click.echo(f"triage: {one_line(text.in_(lang))}", err=True)
        else:
            error.show()
        return 2
    except TriageError as error:
        click.echo(f"triage: {one_line(str(error) if lang == 'en' else error.nl)}", err=True)
        return 1
    except OSError as error:
        click.echo(f"triage: {error.strerror or type(error).__name__}: {error.filename or ''}".rstrip(": "), err=True)
        return 1
    except (click.Abort, KeyboardInterrupt):
        return 130
    return 0
