"""The report of a run as one HTML file: no scripts, nothing that loads, strangers' words escaped."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from archiver.reports.run_report import Report
from archiver.terminal import count, duration, safe, size
from archiver.web.plots import Bar, bars


def as_html(report: Report) -> str:
    """The file."""
    return template().render(run=report, plot=_plot(report))


@cache
def template() -> Template:
    """The page, without a report in it."""
    # StrictUndefined: a name that is misspelt is an error, not a gap.
    environment = Environment(
        loader=PackageLoader("archiver.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(duration=duration, size=size, line=_words, moment=_moment, link=link)
    environment.globals["count"] = count
    return environment.get_template("run.html")


def link(url: str | None, text: str | None) -> Markup:
    """A link to what stands on the web; of any other address the text alone."""
    words = _words(text) or url or "untitled"
    if url and url.startswith(("https://", "http://")):
        return Markup('<a href="{}" rel="noopener noreferrer nofollow"><bdi>{}</bdi></a>').format(url, words)
    return Markup("<bdi>{}</bdi>").format(words)


def _words(text: str | None) -> str:
    """Strangers' words on one line, without what turns its direction."""
    return safe(text or "")


def _moment(stamp: str | None) -> str:
    """A stored time for people, to the minute."""
    if not stamp:
        return ""
    return f"{stamp[:16].replace('T', ' ')} UTC" if "T" in stamp else stamp


def _plot(report: Report) -> Markup:
    """Requests over the time of the run; what failed stands behind what was answered."""
    timeline = report["timeline"]
    if timeline is None:
        return Markup()
    width, drawn = timeline["slice_seconds"], []
    for number, (answered, failed) in enumerate(zip(timeline["answered"], timeline["failed"], strict=True)):
        since, until = duration(number * width), duration((number + 1) * width)
        words = f"{since} to {until}: {count(answered + failed, 'request')}" + (
            f", {failed:,} failed" if failed else ""
        )
        drawn.append(Bar(label=since, held=answered, claimed=answered + failed, words=words))
    return bars(drawn, "Requests over the time of the run")
