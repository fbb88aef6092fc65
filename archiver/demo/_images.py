"""Pictures drawn by code: small plots, a scan, and a little wave for everybody's avatar.

What is drawn depends on the picture's name alone, so the same address gives the same bytes.
"""

from __future__ import annotations

import math
import struct
import zlib
from functools import cache
from random import Random

from archiver.demo._answers import Response, answer

WIDTH, HEIGHT = 480, 240
SVG = "image/svg+xml"
FRAME = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
PAPER = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#f4f7f6"/>'


def upload(name: str, kind: str) -> Response:
    if kind == "png":
        return Response(200, scan(name), (("Content-Type", "image/png"),))
    draw = {"forest": forest_plot, "diary": tide_curve}.get(name, two_lines)
    return answer(f"{FRAME}{PAPER}{draw(Random(name))}</svg>\n", SVG)  # noqa: S311 - a drawing


def forest_plot(rng: Random) -> str:
    """Six studies about an upright of no effect."""
    rows = ['<path d="M240 20V220" stroke="#8aa" stroke-dasharray="4 4"/>']
    for n in range(6):
        y, middle, reach = 40 + 32 * n, 240 + rng.randint(-90, 30), rng.randint(30, 110)
        rows.append(f'<path d="M{middle - reach} {y}H{middle + reach}" stroke="#245" stroke-width="2"/>')
        size = 4 + (140 - reach) // 14
        rows.append(f'<rect x="{middle - size}" y="{y - size}" width="{2 * size}" height="{2 * size}" fill="#1d6f78"/>')
    return "".join(rows)


def tide_curve(rng: Random) -> str:
    """Two spring-neap cycles, and bars for the bad hours."""
    bars = []
    points = []
    for day in range(60):
        spring = (1 + math.cos(2 * math.pi * day / 14.77)) / 2
        x, height = 8 * day, 20 + round(110 * spring + rng.randint(-9, 9))
        bars.append(f'<rect x="{x}" y="{220 - height}" width="6" height="{height}" fill="#9cc5c1"/>')
        points.append(f"{x},{60 - round(40 * spring)}")
    return "".join(bars) + f'<polyline points="{" ".join(points)}" fill="none" stroke="#245" stroke-width="2"/>'


def two_lines(rng: Random) -> str:
    """Two arms of a trial that both fall, one further."""
    rows = ['<path d="M40 20V210H460" fill="none" stroke="#8aa"/>']
    for colour, fall in (("#b08d57", 40), ("#1d6f78", 105)):
        points = (
            f"{40 + 32 * week},{60 + round(fall * (1 - math.exp(-week / 4))) + rng.randint(-4, 4)}"
            for week in range(14)
        )
        rows.append(f'<polyline points="{" ".join(points)}" fill="none" stroke="{colour}" stroke-width="3"/>')
    return "".join(rows)


def avatar(key: str) -> Response:
    """A wave in one of twelve colours."""
    rng = Random(key)  # noqa: S311 - a drawing
    hue, crest = 30 * rng.randrange(12), rng.randint(24, 56)
    return answer(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 80" width="80" height="80">'
        f'<rect width="80" height="80" fill="hsl({hue},35%,85%)"/>'
        f'<path d="M0 {crest}q20 -22 40 0t40 0V80H0z" fill="hsl({hue},40%,45%)"/></svg>\n',
        SVG,
    )


@cache
def scan(name: str) -> bytes:
    """A grey picture of 240 by 160 with a bright spot to the left, as a PNG."""
    rng = Random(name)  # noqa: S311 - a drawing
    rows = bytearray()
    for y in range(160):
        rows.append(0)  # the row's filter: none
        for x in range(240):
            near = math.exp(-(((x - 90) / 40) ** 2 + ((y - 80) / 30) ** 2))
            ring = 0.25 * (1 + math.cos(math.hypot(x - 150, y - 80) / 6))
            rows.append(min(255, int(40 + 150 * near + 60 * ring + rng.random() * 14)))
    header = struct.pack(">IIBBBBB", 240, 160, 8, 0, 0, 0, 0)  # eight bits a pixel, grey
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(rows), 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
