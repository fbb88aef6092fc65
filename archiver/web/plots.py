"""Bars as inline SVG, made here: no script draws them, and the style sheet colours them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from archiver.web import when
from db.pages.rows import Row

WIDTH, HEIGHT, TOP, BOTTOM, LEFT = 960, 190, 12, 24, 44  # units of the drawing
ROOM = 48  # between the middles of two labels
LINE, NAMES = 22, 260  # height of a lying bar, and where it begins
MOST = 480  # bars


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar. label: below it, where there is room. claimed: drawn behind what is held, where it is more.

    words: for pointing and for listening. href: where it leads.
    """

    label: str
    held: int
    words: str
    claimed: int | None = None
    href: str | None = None


def by_year(counted: Sequence[Row], bar: Callable[[str, Row], Bar], title: str) -> Markup:
    """Bars of rows with a `year`, in order; years without any keep their place. bar: made of a year and its row."""
    rows = {row["year"]: row for row in counted if row["year"]}
    drawn = [
        bar(year, rows[year]) if year in rows else Bar(label=year, held=0, words=f"{year}: nothing")
        for year in when.years(list(rows))
    ]
    return bars(drawn, title)


def bars(drawn: Sequence[Bar], title: str) -> Markup:
    """A plot of at most MOST bars, the latest ones; empty Markup where there is nothing to draw."""
    drawn = drawn[-MOST:]
    top = _round_up(max((max(bar.held, bar.claimed or 0) for bar in drawn), default=0))
    if not top:
        return Markup()
    step = min((WIDTH - LEFT) / len(drawn), 64)
    labelled = _apart([place for place, bar in enumerate(drawn) if bar.label], step)
    middle = top // 2 if top > 1 else 0
    scale = Markup().join(_rule(value, top) for value in sorted({0, middle, top}))
    body = Markup().join(
        _bar(bar, LEFT + place * step, step, top, labelled=place in labelled) for place, bar in enumerate(drawn)
    )
    return Markup(
        '<div class="ba-scroll"><svg class="ba-plot" viewBox="0 0 {} {}" role="group" aria-label="{}">'
        "<title>{}</title>{}{}</svg></div>"
    ).format(WIDTH, HEIGHT, title, title, scale, body)


def lying(drawn: Sequence[Bar], title: str) -> Markup:
    """The same as lines, one below the other, for labels that are names; at most fifty of them, the first ones."""
    drawn = drawn[:50]
    top = max((bar.held for bar in drawn), default=0)
    if not top:
        return Markup()
    body = Markup().join(_line(bar, TOP + place * LINE, top) for place, bar in enumerate(drawn))
    return Markup(
        '<div class="ba-scroll"><svg class="ba-plot" viewBox="0 0 {} {}" role="group" aria-label="{}">'
        "<title>{}</title>{}</svg></div>"
    ).format(WIDTH, 2 * TOP + len(drawn) * LINE, title, title, body)


def _line(bar: Bar, y: int, top: int) -> Markup:
    name = bar.label if len(bar.label) <= 32 else f"{bar.label[:31]}…"
    length = (WIDTH - NAMES - LEFT) * bar.held / top
    line = Markup(
        '<text class="ba-label" x="{}" y="{}" text-anchor="end">{}</text><rect class="ba-held" x="{}" y="{}"'
        ' width="{:.1f}" height="{}"/><text x="{:.1f}" y="{}">{:,}</text>'
        '<rect class="ba-touch" x="0" y="{}" width="{}" height="{}"><title>{}</title></rect>'
    ).format(
        NAMES - 8, y + 15, name, NAMES, y + 3, length, LINE - 6, NAMES + length + 6, y + 15, bar.held,
        y, WIDTH, LINE, bar.words,
    )  # fmt: skip
    return Markup('<a href="{}" aria-label="{}">{}</a>').format(bar.href, bar.words, line) if bar.href else line


def _apart(places: Sequence[int], step: float) -> set[int]:
    """Those of the places that leave each other room for a label."""
    kept: list[int] = []
    for place in places:
        if not kept or (place - kept[-1]) * step >= ROOM:
            kept.append(place)
    return set(kept)


def _bar(bar: Bar, left: float, width: float, top: int, *, labelled: bool) -> Markup:
    gap, words = width * 0.15, escape(bar.words)
    # Put together by hand: a page may have six hundred bars, and Markup.format takes five times as long.
    whole = "".join(
        f'<rect class="{kind}" x="{left + gap:.1f}" y="{_y(value, top):.1f}" width="{width - 2 * gap:.1f}"'
        f' height="{_y(0, top) - _y(value, top):.1f}"/>'
        for kind, value, least in (("ba-said", bar.claimed or 0, bar.held), ("ba-held", bar.held, 0))
        if value > least
    )
    whole += f'<rect class="ba-touch" x="{left:.1f}" y="{TOP}" width="{width:.1f}" height="{HEIGHT - TOP - BOTTOM}">'
    whole += f"<title>{words}</title></rect>"
    if bar.href:
        whole = f'<a href="{escape(bar.href)}" aria-label="{words}">{whole}</a>'
    if labelled:
        whole += f'<text x="{left + width / 2:.1f}" y="{HEIGHT - 8}" text-anchor="middle">{escape(bar.label)}</text>'
    return Markup(whole)  # noqa: S704 - escaped one by one


def _rule(value: int, top: int) -> Markup:
    y = _y(value, top)
    line = f'<line x1="{LEFT}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>'
    return Markup(f'{line}<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:,}</text>')  # noqa: S704 - numbers


def _y(value: int, top: int) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top


def _round_up(value: int) -> int:
    """The next number that reads well on a scale: 7 is 8, 23 is 30, 101 is 200."""
    if value <= 10:
        return value + value % 2
    unit = int("1".ljust(len(str(value)), "0"))
    return -(-value // unit) * unit
