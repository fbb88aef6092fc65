"""Boxes about people among the words of a post: what plugins print of its author, above the words or below."""

from __future__ import annotations

from collections.abc import Collection

from lxml.html import HtmlElement

from archiver.engines.dom import SKIPPED, text_of, tokens

_BOXES = frozenset({"div", "section", "aside", "article", "header", "footer", "table", "ul"})
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_WORDS = frozenset({"p", "blockquote", "pre"})
_LONGEST = 1500  # characters
_LABELS = 120  # characters: "About the author", and the tabs of a box
_MOST = 3  # people


def portraits(shell: HtmlElement, children: Collection[HtmlElement]) -> list[HtmlElement]:
    """The children that begin with the picture that WordPress has of a person, whatever they are called.

    None where nothing else is left: a child that holds both, a box and words, is not one of them.
    """
    found: dict[HtmlElement, list[HtmlElement]] = {}
    for image in shell.iter("img"):
        if _is_avatar(image):
            node = image
            while (up := node.getparent()) is not None and up is not shell:
                node = up
            found.setdefault(node, []).append(image)
    boxes = [node for node, images in found.items() if node in children and _is_box(node, images)]
    if not boxes:
        return []
    boxes += [above for node in boxes if (above := _heading(node)) is not None and above in children]
    left = any(node not in boxes and text_of(node) for node in children)
    return boxes if left else []


def _heading(box: HtmlElement) -> HtmlElement | None:
    """The heading right above a box: "About the author"."""
    above = box.getprevious()
    is_its = above is not None and above.tag in _HEADINGS and not (above.tail or "").strip()
    return above if is_its and len(text_of(above)) < _LABELS else None


def _is_avatar(image: HtmlElement) -> bool:
    """As WordPress prints it: `class='avatar avatar-96 photo'`."""
    names = tokens(image)
    return "avatar" in names and ("photo" in names or any(name.startswith("avatar-") for name in names))


def _is_box(node: HtmlElement, images: list[HtmlElement]) -> bool:
    if node.tag not in _BOXES or len({image.get("src") for image in images}) > _MOST:
        return False
    said = 0
    for element in node.iter():
        if element is images[0]:
            return len(text_of(node)) < _LONGEST
        if element.tag in _WORDS and text_of(element):
            return False
        said += len((element.text or "").strip()) if element.tag not in SKIPPED and isinstance(element.tag, str) else 0
        if said > _LABELS:
            return False
    return False
