"""Bars as inline SVG, made here: no script draws them, and the style sheet colours them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDTH, HEIGHT, TOP, BOTTOM, LEFT = 960, 190, 12, 24, 44  # units of the drawing
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


def bars(drawn: Sequence[Bar], title: str) -> Markup:
    """A plot of at most MOST bars, the latest ones; empty Markup where there is nothing to draw."""
    drawn = drawn[-MOST:]
    top = _round_up(max((max(bar.held, bar.claimed or 0) for bar in drawn), default=0))
    if not top:
        return Markup()
    step = min((WIDTH - LEFT) / len(drawn), 64)
    every = max(1, -(-len(drawn) // 16))  # room for sixteen labels
    middle = top // 2 if top > 1 else 0
    scale = Markup().join(_rule(value, top) for value in sorted({0, middle, top}))
    body = Markup().join(
        _bar(bar, LEFT + place * step, step, top, labelled=place % every == 0) for place, bar in enumerate(drawn)
    )
    return Markup(
        '<div class="ba-scroll"><svg class="ba-plot" viewBox="0 0 {} {}" role="group" aria-label="{}">'
        "<title>{}</title>{}{}</svg></div>"
    ).format(WIDTH, HEIGHT, title, title, scale, body)


def _bar(bar: Bar, left: float, width: float, top: int, *, labelled: bool) -> Markup:
    gap = width * 0.15
    parts = [
        Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
            kind, left + gap, _y(value, top), width - 2 * gap, _y(0, top) - _y(value, top)
        )
        for kind, value, least in (("ba-said", bar.claimed or 0, bar.held), ("ba-held", bar.held, 0))
        if value > least
    ]
    touch = Markup(
        '<rect class="ba-touch" x="{:.1f}" y="{}" width="{:.1f}" height="{}"><title>{}</title></rect>'
    ).format(left, TOP, width, HEIGHT - TOP - BOTTOM, bar.words)
    whole = Markup().join([*parts, touch])
    if bar.href:
        whole = Markup('<a href="{}" aria-label="{}">{}</a>').format(bar.href, bar.words, whole)
    if labelled:
        whole += Markup('<text x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
            left + width / 2, HEIGHT - 8, bar.label
        )
    return whole


def _rule(value: int, top: int) -> Markup:
    y = _y(value, top)
    return Markup(
        '<line x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/><text x="{}" y="{:.1f}" text-anchor="end">{:,}</text>'
    ).format(LEFT, WIDTH, y, y, LEFT - 6, y + 4, value)


def _y(value: int, top: int) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top


def _round_up(value: int) -> int:
    """The next number that reads well on a scale: 7 is 8, 23 is 30, 101 is 200."""
    if value <= 10:
        return value + value % 2
    unit = int("1".ljust(len(str(value)), "0"))
    return -(-value // unit) * unit
