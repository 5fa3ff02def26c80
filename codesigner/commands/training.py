"""Commands `train` and `evaluate`: fine-tune, train the base models, measure models."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from codesigner.commands.jobs import (
    make_client,
    show,
    url_option,
    wait_option,
    wait_with_progress,
)
from worker.training import PHASES

__all__ = ["COMMANDS"]


@click.command()
@click.argument("dataset", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--name", default=None, help="Name of the new release.")
@click.option("--steps", type=click.IntRange(1), default=None, help="Optimizer steps.")
@click.option("--batch", type=click.IntRange(1), default=None, help="Batch size, images.")
@click.option("--learning-rate", type=float, default=None, help="Peak learning rate.")
@click.option("--seed", type=click.IntRange(0), default=None, help="Random seed.")
@wait_option
@click.option(
    "--corpus",
    type=click.Path(file_okay=False, path_type=Path),
    help="Instead of a DATASET: train the base models in this FOLDER, or resume there.",
)
@click.option(
    "--designs",
    type=click.IntRange(8),
    default=None,
    help="With --corpus: number of designs in the corpus.",
)
@click.option(
    "--models",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With --corpus: manifest with another vision model or text encoder.",
)
@click.option(
    "--phase",
    "phases",
    type=click.Choice(PHASES),
    multiple=True,
    help="With --corpus: run only this phase; repeatable.",
)
@url_option
def train(
    dataset: Path | None,
    wait: bool,
    corpus: Path | None,
    designs: int | None,
    models: Path | None,
    phases: tuple[str, ...],
    url: str | None,
    **options: Any,
) -> None:
    """Fine-tune the models on a DATASET, or train the base models on the procedural corpus.

    A DATASET is a folder, or a zip of one, with pictures and a metadata.jsonl: {"file_name": ...,
    "text": ...} on each line. The result is a release; `codesigner models promote` makes it the
    champion. With --corpus FOLDER the base models are trained from scratch in this process, for
    hours; Ctrl-C stops it, the same command resumes it, and FOLDER/release contains the weights.
    """
    overrides = {name: value for name, value in options.items() if value is not None}
    if (dataset is None) == (corpus is None):
        raise click.UsageError("Pass either a DATASET or --corpus.")
    if corpus is not None:
        _train_base(corpus, designs, models, phases or PHASES, overrides)
    elif dataset is not None:
        _fine_tune(dataset, overrides, url, wait=wait)


def _fine_tune(dataset: Path, overrides: Mapping[str, Any], url: str | None, *, wait: bool) -> None:
    from codesigner.datasets import as_zip

    client = make_client(url)
    with as_zip(dataset) as archive:
        job = client.train(archive, dict(overrides))
    if wait:
        job = wait_with_progress(client, job, quiet=False)
    show(client, job, None, as_json=False)


def _train_base(
    folder: Path,
    designs: int | None,
    models: Path | None,
    phases: tuple[str, ...],
    overrides: Mapping[str, Any],
) -> None:
    from rich.console import Console

    from codesigner.progress_display import StageBars

    _limit_threads()
    from worker.training.base import BaseOptions, BaseTraining

    option_names = {"steps": "field_steps", "batch": "field_batch", "seed": "seed"}
    if unsupported := sorted(set(overrides) - set(option_names)):
        raise click.UsageError(
            f"--{unsupported[0].replace('_', '-')} cannot be used with --corpus."
        )
    options: dict[str, Any] = {option_names[name]: value for name, value in overrides.items()}
    if designs is not None:
        options |= {"designs": designs, "told": designs // 4, "references": designs // 10}
    if models is not None:
        options["models"] = tuple(json.loads(models.read_text(encoding="utf-8"))["versions"])
    base_options, console = BaseOptions(**options), Console(stderr=True)
    lengths = base_options.lengths()
    with StageBars(console) as bars:

        def report(phase: str, step: int, losses: Mapping[str, float]) -> None:
            bars.show({"stages": [_as_stage(phase, step, lengths[phase])]})
            metrics = " ".join(f"{name} {value:.4f}" for name, value in losses.items())
            console.print(f"  {phase} {step} of {lengths[phase]} {metrics}", highlight=False)

        BaseTraining(base_options, folder, report).run(phases)
    click.echo(f"{folder / 'release'}" if "release" in phases else f"{folder}")


def _as_stage(phase: str, step: int, steps: int) -> dict[str, Any]:
    state = "running" if step < steps else "done"
    return {"name": phase, "state": state, "progress": step / steps}


@click.command()
@click.option(
    "--weights",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with a manifest; default: the bundled models.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("evaluation"),
    show_default=True,
    help="Folder for figures.json and the contact sheets.",
)
@click.option("--each", type=click.IntRange(4, 500), default=100, show_default=True,
              help="Briefs per language.")  # fmt: skip
@click.option(
    "--photographs",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of photographs to describe; see docs/evaluation.md.",
)
def evaluate(weights: Path | None, out: Path, each: int, photographs: Path | None) -> None:
    """Evaluate models on held-out briefs and references; a quarter of an hour on two cores."""
    from rich.console import Console

    from codesigner.installation import installation_settings
    from codesigner.progress_display import StageBars

    _limit_threads()
    from worker.evaluation.judge import load_judge
    from worker.evaluation.report import as_markdown
    from worker.evaluation.run import Evaluated, EvaluationOptions, evaluate
    from worker.evaluation.stages import load_bundled_models
    from worker.models.weight_locator import bundled_folder

    folder = weights or bundled_folder()
    judge, document = load_judge(bundled_folder())
    subject = Evaluated(
        models=load_bundled_models(folder, installation_settings().home / "cache"),
        weights=folder,
        judge=judge,
        judged=document["held_out"]["right"],
    )
    with StageBars(Console(stderr=True)) as bars:

        def report(name: str, done: float) -> None:
            state = "running" if done < 1 else "done"
            bars.show({"stages": [{"name": name, "state": state, "progress": done}]})

        evaluation = evaluate(
            subject, EvaluationOptions(each=each, photographs=photographs), report
        )
    evaluation.save(out)
    click.echo("\n".join(as_markdown(evaluation.rows)))
    click.echo(f"Metrics and contact sheets are in {out}.")


def _limit_threads() -> None:
    """Limit threads as a worker does; call it before torch is imported."""
    from worker.runtime.devices import device_slots

    (slot,) = device_slots("cpu")
    os.environ.update(slot.environment)


COMMANDS: tuple[click.Command, ...] = (train, evaluate)
