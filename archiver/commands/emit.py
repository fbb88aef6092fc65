"""`archiver emit`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, TextIO, get_args

import click

from archiver.commands.blog_options import as_words, blog_options
from archiver.commands.session import config_option, input_option, load_config, read_urls, shards_option
from archiver.config import blog_configs
from archiver.errors import UsageError
from archiver.fleet.ended import Verb

SLICE = 3300
"""Seconds of one call: with its time to end, an hour."""
VERBS = tuple(verb for verb in get_args(Verb))


@click.command(short_help="A job for Slurm, Kubernetes or cron.")
@click.argument("kind", type=click.Choice(("slurm", "k8s", "cron")))
@click.argument("urls", nargs=-1, metavar="[URL...]")
@input_option()
@shards_option(required=True)
@config_option()
@click.option("--verb", type=click.Choice(VERBS), help="What is done.  [default: crawl; of cron: update]")
@click.option("--indices", type=click.IntRange(1), default=1000, show_default=True, metavar="N", help="Of an array.")
@click.option("-j", "--jobs", type=click.IntRange(1), default=100, show_default=True, metavar="N", help="At a time.")
@click.option("--per-group", type=click.IntRange(1), default=1, metavar="N", help="Workers at one provider or address.")
@click.option("--resolve/--no-resolve", default=True, help="Ask DNS which blogs share an address, or not.")
@click.option("--python", metavar="PATH", help="The Python that has blog-archiver, on the cluster's machines.")
@click.option("--partition", metavar="NAME", help="Of Slurm.")
@click.option("--image", metavar="NAME", help="Of Kubernetes: the image that has blog-archiver.")
@click.option("--claim", metavar="NAME", default="shards", help="Of Kubernetes: the volume claim of the shards.")
@click.option("--every", "rhythm", metavar="TIME", default="day", help="Of cron: hour, day, week or '30 minutes'.")
@blog_options
def emit(
    kind: str, urls: tuple[str, ...], source: TextIO | None, shards: Path | str, config: Path | None, **flags: Any
) -> None:
    """Print an array job for Slurm, an Indexed Job for Kubernetes, or lines for a crontab, that archive many blogs.

    What runs on the cluster is `archiver run-one`, called until it is done. Blogs that share a host, a provider or
    an address are in one index of the array, one after the other. --max-time is the slice of time of one call.

    \b
    Examples:
      archiver emit slurm -i urls.txt --shards /scratch/shards      for sbatch, which reads it from a pipe
      archiver emit slurm -i urls.txt --shards s3://bucket/shards
      archiver emit k8s -i urls.txt --shards /shards --image registry.example.org/archiver      for kubectl apply -f -
      archiver emit cron -i urls.txt --shards /srv/shards --every day
    """
    own = {name: flags.pop(name) for name in ("verb", "indices", "jobs", "per_group", "resolve", "python")}
    more = {name: flags.pop(name) for name in ("partition", "image", "claim", "rhythm")}
    plan = _plan(kind, [*urls, *(read_urls(source) if source else ())], shards, config, own, flags)
    click.echo(_text(kind, plan, more), nl=False)


def _plan(
    kind: str, urls: list[str], shards: Path | str, config: Path | None, own: dict[str, Any], flags: dict[str, Any]
) -> Any:
    from archiver.fleet.emit import Plan
    from archiver.fleet.groups import bundles, packed  # late: with the public suffix list
    from archiver.fleet.plan import keyed
    from archiver.fleet.shards import slug_of

    if isinstance(shards, str) and kind == "cron":
        why, todo = "cron wants a folder, where blogs of a group wait for each other", "Name one, or emit slurm or k8s"
        raise UsageError(f"--shards {shards}", why, todo)
    file = load_config(Path() if isinstance(shards, str) else shards, config)
    slice_ = int(flags.pop("max_time") or SLICE)
    targets = [blog.url for blog in blog_configs(urls, file, flags=flags)]
    bundled = bundles(keyed(targets, resolve=own["resolve"]), own["per_group"])
    most = len(bundled) if kind == "cron" else own["indices"]
    # A path of another machine stays as it was typed, and so does a URL.
    where = shards if kind == "k8s" or isinstance(shards, str) else shards.absolute()
    settings = ["--config", str(file.path.absolute())] if file.path else []
    return Plan(
        verb=own["verb"] or ("update" if kind == "cron" else "crawl"),
        python=own["python"] or ("python3" if kind == "k8s" else sys.executable),
        shards=str(where),
        indices=[[(targets[n], slug_of(targets[n])) for n in bundle] for bundle in packed(bundled, most)],
        slice=slice_,
        at_once=own["jobs"],
        options=[*settings, *as_words(flags)],
    )


def _text(kind: str, plan: Any, more: dict[str, Any]) -> str:
    from archiver.fleet.emit import cron, k8s, slurm

    if kind == "slurm":
        return slurm.script(plan, partition=more["partition"])
    if kind == "cron":
        return cron.lines(plan, more["rhythm"])
    if not more["image"]:
        raise UsageError("emit k8s", "no image is named", "Add --image, the image that has blog-archiver")
    return k8s.manifest(plan, image=more["image"], claim=more["claim"])
