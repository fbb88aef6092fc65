"""GraphML: the network of people and posts."""

from __future__ import annotations

from pathlib import Path

from archiver.exports import network
from archiver.exports.base import Format, Progress
from archiver.exports.markup import Xml
from db.source import Source

_NODE = {"kind": "string", "label": "string", "url": "string", "blog": "string", "member": "boolean", "date": "string"}
_EDGE = {"kind": "string", "date": "string", "post": "string", "comment": "string", "parent_source": "string"}


def write(source: Source, path: Path, progress: Progress) -> None:
    """One directed graph, in which two nodes may have several edges."""
    progress.begin(network.total(source))
    with path.open("w", encoding="utf-8", newline="\n") as file:
        xml = Xml(file)
        with xml.inside("graphml", {"xmlns": "http://graphml.graphdrawing.org/xmlns"}):
            for what, names in (("node", _NODE), ("edge", _EDGE)):
                for name, kind in names.items():
                    key = {"id": f"{what}_{name}", "for": what, "attr.name": name, "attr.type": kind}
                    xml.element("key", attributes=key)
            with xml.inside("graph", {"id": "archive", "edgedefault": "directed"}):
                for node in network.nodes(source, progress):
                    values = {"kind": node.kind, "label": node.label, "url": node.url, "blog": node.blog,
                              "member": _flag(node.member), "date": node.at}  # fmt: skip
                    with xml.inside("node", {"id": node.id}):
                        _data(xml, "node", values)
                for edge in network.edges(source, progress):
                    values = {"kind": edge.kind, "date": edge.at, "post": edge.post, "comment": edge.comment,
                              "parent_source": edge.parent_source}  # fmt: skip
                    with xml.inside("edge", {"id": edge.id, "source": edge.source, "target": edge.target}):
                        _data(xml, "edge", values)


def _data(xml: Xml, what: str, values: dict[str, str | None]) -> None:
    for name, value in values.items():
        if value is not None:
            xml.element("data", value, {"key": f"{what}_{name}"})


def _flag(value: bool | None) -> str | None:
    return None if value is None else str(value).lower()


FORMAT = Format(
    name="graphml",
    description="who wrote, commented on and answered what, as a network with dates",
    opens="Gephi, Cytoscape, igraph, networkx",
    write=write,
    suffix=".graphml",
)
