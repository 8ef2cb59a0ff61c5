"""`triage train`."""

from __future__ import annotations

import logging
from pathlib import Path

import click

from triage.cli.mistakes import WrongUseError
from triage.cli.options import FILE_OR_FOLDER, lang_option
from triage.errors import ModelError
from triage.language import Lang, Text


@click.command()
@click.option("--base", required=True, help="Folder or hub name of an encoder, such as DTAI-KULeuven/robbert-2023-dutch-base.")
@click.option("--data", multiple=True, required=True, type=FILE_OR_FOLDER, metavar="FILE...", help="Labelled messages: files or folders.")
@click.argument("more_data", nargs=-1, type=FILE_OR_FOLDER, metavar="")
@click.option(
    "-o",
    "--output",
    "--out",
    "out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write the checkpoint to.",
)
@click.option("--standoff", type=FILE_OR_FOLDER, help="Also these stand-off annotations, with --texts.")
@click.option("--texts", type=FILE_OR_FOLDER, help="Folder with the texts of the stand-off annotations.")
@click.option(
    "--epochs",
    type=click.IntRange(min=0),
    help="Passes over the messages; 0 keeps a fine-tuned encoder as it is, and only its wide part, calibration and thresholds are made "
    "anew.  [default: as the recipe]",
)
@click.option(
    "--learning-rate",
    type=click.FloatRange(min=0, min_open=True),
    help="Lower for a large encoder, such as 3e-5.  [default: as the recipe]",
)
@click.option("--seeds", type=click.IntRange(min=1), default=3, show_default=True, help="Runs whose weights are averaged.")
@click.option("--version", default="0", show_default=True, help="Version that every score will name.")
@lang_option
def train(
    base: str,
    data: tuple[Path, ...],
    more_data: tuple[Path, ...],
    out: Path,
    standoff: Path | None,
    texts: Path | None,
    epochs: int | None,
    learning_rate: float | None,
    seeds: int,
    version: str,
    lang: Lang,
) -> None:
    """Fine-tune an encoder on labelled messages.

    It is calibrated, too, and written to a folder that --model and triage.load take.
    """
    if (standoff is None) != (texts is None):
        raise WrongUseError(
            Text(nl="--standoff en --texts horen bij elkaar: geef ze allebei.", en="--standoff and --texts belong together: give both.")
        )
    try:
        import transformers

        from triage.classify.hub import hub_config
        from triage.training.finetune import Recipe
        from triage.training.train import train as fine_tune
    except ModuleNotFoundError as error:
        raise ModelError(
            f"Training needs the package {error.name}; install what it needs with: pip install 'triage[train]'.",
            nl=f"Trainen vraagt om het pakket {error.name}; installeer wat nodig is met: pip install 'triage[train]'.",
        ) from None
    from triage.report.wording import Words
    from triage.training.corpus import read_labelled
    from triage.training.standoff import join, read_standoff

    messages = read_labelled([*data, *more_data])
    if standoff and texts:
        messages += join(read_standoff(standoff), texts)
    transformers.logging.set_verbosity_error()  # its reports on a head that is new by design would only worry
    transformers.logging.disable_progress_bar()
    logging.basicConfig(format="%(message)s")
    logging.getLogger("triage").setLevel(logging.INFO)
    hub_config(base)  # a base that does not exist is refused in one sentence
    given = {"epochs": epochs, "learning_rate": learning_rate}
    recipe = Recipe(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    fine_tune(base, messages, out, version, recipe, seeds)
    click.echo(Words(lang).say("training", "written", folder=out))
