"""The masker: no name is left, whatever stands around it, and nothing else is touched."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from archiver.privacy.masker import Masker
from archiver.privacy.names import folded, forms, is_ordinary, is_unspaced
from archiver.privacy.people import people
from archiver.privacy.pseudonyms import Pseudonyms
from archiver.urls import url_key
from tests.unit import archive_sample

KEY = Pseudonyms(b"k" * 32)
SEEN = {"blog_id": archive_sample.BLOG, "first_seen_at": archive_sample.SEEN, "last_seen_at": archive_sample.SEEN}


def masker_for(*names: str, urls: tuple[str, ...] = ()) -> Masker:
    """As it is made for an archive in which these people commented."""
    connection = archive_sample.empty(":memory:")
    archive_sample.insert(connection, "blogs", [
        {"id": archive_sample.BLOG, "site_key": "stemcells.example", "url": "https://stemcells.example/",
         "first_seen_at": archive_sample.SEEN, "last_seen_at": archive_sample.SEEN}])  # fmt: skip
    pairs = [(name, None) for name in names] + [(f"Visitor{n}x", url) for n, url in enumerate(urls)]
    archive_sample.insert(connection, "authors", [
        {"id": f"a{number}", "name": name, "url": url, "member": 0, **SEEN}
        for number, (name, url) in enumerate(pairs)])  # fmt: skip
    connection.commit()
    return people(connection, KEY, keep_authors=False).masker


P = {name: KEY.name(name) for name in ("Zoë Blackwood", "Ngozi", "Zoë", "田中", "דב לוי", "Örjan Åkesson")}


@pytest.mark.parametrize(
    ("name", "text", "masked"),
    [
        ("Ngozi", "ngozi and NGOZI, @ngozi: ngozi's", "{} and {}, @{}: {}'s"),
        ("Ngozi", "Ngozika is another name", "Ngozika is another name"),
        ("Zoë Blackwood", "Zoe  blackwood; zoe_blackwood; @ZoeBlackwood", "{}; {}; @{}"),
        ("Zoë Blackwood", "Zoe\u0308 Blackwood-Smith", "{}-Smith"),
        ("Zoë Blackwood", "Thanks Zoë. Mrs Blackwood", "Thanks {}. Mrs {}"),
        ("Zoë Blackwood", "zoë in lower case is left, a part is looked for with a capital only",
         "zoë in lower case is left, a part is looked for with a capital only"),
        ("Örjan Åkesson", "ÖRJAN ÅKESSON, o\u0308rjan a\u030akesson", "{}, {}"),
        ("田中", "これは田中さんの話です。", "これは{}さんの話です。"),
        ("דב לוי", "שלום דב לוי!", "שלום {}!"),
        ("Ngozi", "a\nngozi\nb", "a\n{}\nb"),
        ("Ngozi", "https://x.example/ngozi/1?by=ngozi", "https://x.example/{}/1?by={}"),
        ("Ngozi", "https://stemcells.example/2021/a-walk/", "https://stemcells.example/2021/a-walk/"),
    ],
)  # fmt: skip
def test_names_in_texts(name, text, masked):
    assert masker_for(name).text(text) == masked.replace("{}", P[name])


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Will you come?", "Will you come?"),
        ("I will, if Will does.", "I will, if [name] does."),
        ("Will, I think so", "[name], I think so"),
        ("Hi Will! Thanks @will", "Hi [name]! Thanks @[name]"),
        ("Hope this helps. I hope so.", "Hope this helps. I hope so."),
        ("In May it began", "In May it began"),
        ("Thanks May", "Thanks [name]"),
        ("MS is not a name, but Dear MS", "MS is not a name, but Dear [name]"),
        ("/author/will/ and /will-power/", "/author/[name]/ and /will-power/"),
    ],
)
def test_names_that_are_words(text, masked):
    assert masker_for("Will", "Hope", "May", "MS").text(text) == masked


def test_a_part_that_several_people_share_tells_nothing():
    masker = masker_for("Zoë Blackwood", "Zoë Carrow", "Carrow Estelle")
    assert masker.text("Zoë met Zoë Carrow") == f"[name] met {KEY.name('Zoë Carrow')}"
    assert masker.text("Estelle met Carrow") == f"{KEY.name('Carrow Estelle')} met [name]"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("write to jo.b+x@mail.example.org.", "write to [e-mail]."),
        ("+44 20 7946 0958", "[telephone]"),
        ("tel. 020 7946 0958 or (020) 7946-0958", "tel. [telephone] or [telephone]"),
        ("0049 30 123456", "[telephone]"),
        ("call 555-010-9999", "call [telephone]"),
        ("on 2021-10-07, 07/10/2021 or 01.02.2021 12:30", "on 2021-10-07, 07/10/2021 or 01.02.2021 12:30"),
        ("doi:10.1016/S1474-4422(21)00301-X", "doi:10.1016/S1474-4422(21)00301-X"),
        ("NCT04047628, ISRCTN12345678, PMID 31234567", "NCT04047628, ISRCTN12345678, PMID 31234567"),
        ("ISBN 0-306-40615-2 and ISBN: 9780306406157", "ISBN 0-306-40615-2 and ISBN: 9780306406157"),
        ("0.0123456789 and 1 234 567", "0.0123456789 and 1 234 567"),
    ],
)
def test_ways_to_reach_somebody(text, masked):
    assert masker_for().text(text) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("https://www.zb.example/", "{0}"),
        ("http://zb.example/about?x=1.", "{0}."),
        ("at zb.example", "at {0}"),
        ("https://host.example/~zb/page", "{1}"),
        ("https://host.example/~other", "https://host.example/~other"),
        ("https://stemcells.example/trial/", "https://stemcells.example/trial/"),
    ],
)
def test_addresses(text, masked):
    urls = ("https://zb.example", "http://host.example/~zb", "https://stemcells.example/")
    assert masker_for(urls=urls).text(text) == masked.format(*map(KEY.url, urls))


@pytest.mark.parametrize(
    ("markup", "masked"),
    [
        ("<p>Ng&#111;zi &amp; I</p>", "<p>{} &amp; I</p>"),
        ("<p>Fish &amp; chips &eacute;</p>", "<p>Fish &amp; chips &eacute;</p>"),
        ('<a title="Ngozi" href=/author/ngozi>x</a>', '<a title="{}" href="/author/{}">x</a>'),
        ("<!-- by ngozi --><i>", "<!-- by {} --><i>"),
        ('<img src="//g.example/avatar/0123456789abcdef0123456789abcdef?s=1">', '<img src="//g.example/avatar/0?s=1">'),
        ("<p", "<p"),
    ],
)
def test_markup(markup, masked):
    assert masker_for("Ngozi").html(markup) == masked.replace("{}", P["Ngozi"])


# -- whatever the names and texts -------------------------------------------------------------------

LETTERS = st.text("abdegiklmnorstuyzäöüßéñøşжиאבγλ", min_size=4, max_size=9)
NAME = st.lists(LETTERS, min_size=1, max_size=3).map(" ".join)
AROUND = st.text(" .,;:!?@'\"()-_/\n\t<>&#…’0123456789", max_size=6)
SHAPE = st.sampled_from([str, str.upper, str.title, lambda name: name.replace(" ", "_"), lambda name: f"@{name}"])


def is_named(name: str, text: str) -> bool:
    """An independent search: words one after the other, without regard to case, with little between them."""
    found, wanted = re.split(r"([^\W_]+)", text), [folded(word) for word in name.split()]
    said, gaps = [folded(word) for word in found[1::2]], found[2::2]
    return any(
        said[at : at + len(wanted)] == wanted and all(len(gap) <= 4 for gap in gaps[at : at + len(wanted) - 1])
        for at in range(len(said))
    )


@given(st.lists(NAME, min_size=1, max_size=4), st.lists(st.tuples(AROUND, SHAPE, st.integers(0, 3)), max_size=6))
@example(["ßßßß"], [("", str.upper, 0)])
def test_no_name_is_left(names, said):
    assume(not any(is_ordinary(forms(name)) or is_unspaced(name) for name in names))
    masker = masker_for(*names)
    text = "".join(f"{around} {shape(names[which % len(names)])}" for around, shape, which in said)
    masked = masker.text(text)
    assert not [name for name in names if is_named(name, masked)]
    assert not [name for name in names if is_named(name, html.unescape(masker.html(html.escape(text))))]
    assert masker.text(masked) == masked


@given(st.text(max_size=60))
@example("<p title='a > b'>&lt;ngozi</p>")
@example("//[::1]/ngozi")
@example("https://[bad/ngozi")
def test_any_text_can_be_masked(text):
    masker = masker_for("Ngozi", "Zoë Blackwood", urls=("https://zb.example/",))
    for masked in (masker.text(text), masker.url(text), masker.html(text)):
        assert not is_named("Ngozi", masked)
    assert html.unescape(masker.html(html.escape(text))) == masker.text(text)


@given(st.text("qwx ,.\n<>/=\"'", max_size=80))
def test_nothing_else_is_touched(text):
    masker = masker_for("Ngozi", "Zoë Blackwood")
    assert (masker.text(text), masker.html(text)) == (text, text)
    assert not +masker.counts


@given(NAME, NAME)
def test_pseudonyms(one, other):
    assert (KEY.name(one) == KEY.name(other)) == (folded(one) == folded(other))
    assert KEY.name(one) == Pseudonyms(b"k" * 32).name(one) != Pseudonyms(b"l" * 32).name(one)
    assert re.fullmatch(r"Person-[a-z2-7]{10}", KEY.name(one))
    assert KEY.url(f"http://www.{'x' * 4}.example/") == KEY.url("https://xxxx.example")
    assert url_key(KEY.url("https://xxxx.example")).endswith(".invalid")
