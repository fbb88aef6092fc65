"""GEXF: the network of people and posts, its edges on Gephi's time line."""

from __future__ import annotations

from pathlib import Path

from archiver.exports import network
from archiver.exports.base import Format, Progress
from archiver.exports.dating import day
from archiver.exports.markup import Attributes, Xml
from db.source import Source

_NODE = ("kind", "url", "blog", "member")
_EDGE = ("kind", "date", "post", "comment", "parent_source")


def write(source: Source, path: Path, progress: Progress) -> None:
    """A dynamic graph: an edge begins on its day, and lasts. The exact time is an attribute."""
    progress.begin(network.total(source))
    graph = {"mode": "dynamic", "defaultedgetype": "directed", "timeformat": "date"}
    with path.open("w", encoding="utf-8", newline="\n") as file:
        xml = Xml(file)
        with (
            xml.inside("gexf", {"xmlns": "http://www.gexf.net/1.2draft", "version": "1.2"}),
            xml.inside("graph", graph),
        ):
            for what, names in (("node", _NODE), ("edge", _EDGE)):
                with xml.inside("attributes", {"class": what, "mode": "static"}):
                    for name in names:
                        xml.element("attribute", attributes={"id": name, "title": name, "type": "string"})
            with xml.inside("nodes"):
                for node in network.nodes(source, progress):
                    member = None if node.member is None else str(node.member).lower()
                    values = dict(zip(_NODE, (node.kind, node.url, node.blog, member), strict=True))
                    _write(xml, "node", {"id": node.id, "label": node.label, "start": day(node.at)}, values)
            with xml.inside("edges"):
                for edge in network.edges(source, progress):
                    values = dict(
                        zip(_EDGE, (edge.kind, edge.at, edge.post, edge.comment, edge.parent_source), strict=True)
                    )
                    ends = {"id": edge.id, "source": edge.source, "target": edge.target, "start": day(edge.at)}
                    _write(xml, "edge", ends, values)


def _write(xml: Xml, tag: str, attributes: Attributes, values: dict[str, str | None]) -> None:
    with xml.inside(tag, attributes), xml.inside("attvalues"):
        for name, value in values.items():
            if value is not None:
                xml.element("attvalue", attributes={"for": name, "value": value})


FORMAT = Format(
    name="gexf",
    description="the same network for Gephi, with a time line",
    opens="Gephi, networkx",
    write=write,
    suffix=".gexf",
)
