"""Bodies as blogs publish them: nothing that a reader saw is lost, nothing that was hidden shows."""

from __future__ import annotations

import re
from html import escape, unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.content import from_html, plain, to_text
from archiver.model import Citation, Content, Link, Media

PAGE = "https://blog.example.org/2021/02/a-post/"


def image(path: str, alt: str | None = None, caption: str | None = None, kind: str = "image") -> Media:
    return Media(url="https://blog.example.org" + path, kind=kind, alt=alt, caption=caption)


def read(fragment: str) -> Content:
    return from_html(fragment, PAGE)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("   ", ""),
        ("plain words", "plain words"),
        ("two\nlines\n", "two lines"),
        ("R&amp;D &lt;3 &hellip;", "R&D <3 …"),
        ("<p>One.</p>", "One."),
        ("<p>Lan\xadtern <b>light\xad</b>house</p>", "Lantern lighthouse"),
        ("lan&shy;tern", "lantern"),
        ("<p>One.</p>\n<p>Two.</p>\n", "One.\n\nTwo."),
        ("<p>One.<p>Two.", "One.\n\nTwo."),
        ("<p>a<br />\nb<br>c</p>", "a\nb\nc"),
        ("a<br /><br />b<br><br><br>c", "a\n\nb\n\nc"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<div><div>a</div></div><p>b</p>", "a\n\nb"),
        ("a<div>b</div>c", "a\nb\nc"),
        ("<p>a\n   b\t c&nbsp;&nbsp;d</p>", "a b c d"),
        ("<p>&nbsp;</p><p>a</p><p>&nbsp;</p>", "a"),
        ("<p>a <b> b </b> c</p>", "a b c"),
        ("<p>a<b>b</b>c</p>", "abc"),
        ("<p>H<sub>2</sub>O, 10<sup>9</sup></p>", "H2O, 109"),
        ("<span>a</span> <span>b</span>", "a b"),
        ("<span>a</span><span>b</span>", "ab"),
        ("<p>a</p> tail", "a\n\ntail"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("<p>x</p><ul>\n\t<li>a</li>\n\t<li>b</li>\n</ul><p>y</p>", "x\n\na\nb\n\ny"),
        ("<ul><li>a<ul><li>a1</li></ul></li><li>b</li></ul>", "a\na1\nb"),
        ("<ol><li>a<li>b</ol>", "a\nb"),
        ("<dl><dt>a</dt><dd>b</dd></dl>", "a\nb"),
        ("<blockquote><p>q</p></blockquote><p>a</p>", "q\n\na"),
        ("<blockquote>q <cite>who</cite></blockquote>a", "q who\n\na"),
        ("<h2>Head</h2>text", "Head\n\ntext"),
        ("a<hr>b", "a\n\nb"),
        ("<table><tr><th>h1</th><th>h2</th></tr>\n<tr><td>a</td> <td>b</td></tr></table>", "h1\th2\na\tb"),
        ("<table><tr><td>a</td><td></td><td>c</td></tr></table>", "a\t\tc"),
        ("<table><tr><td>x</td></tr><tr><td></td><td>b</td></tr></table>", "x\n\tb"),
        ("<table><tr><td><p>a</p></td><td><p>b</p></td></tr><tr><td>c</td></tr></table>", "a\tb\nc"),
        ("<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>", "a\n\nb\tc"),
        (
            "<table><caption>T</caption><thead><tr><th>h</th></tr></thead><tbody><tr><td>a</td></tr></tbody></table>",
            "T\nh\na",
        ),
        ("<table><tr><td>a<table><tr><td>b</td><td>c</td></tr></table></td><td>d</td></tr></table>", "a\n\nb\tc\td"),
        ("<pre>  a\n\n\n    b  c\n</pre>", "  a\n\n\n    b  c"),
        ("<p>x</p><pre><code>\na\n  b</code></pre><p>y</p>", "x\n\na\n  b\n\ny"),
        ("<pre>a<br>b\r\nc</pre>", "a\nb\nc"),
        ("<pre><b>a\n</b><i>\nb</i></pre>", "a\n\nb"),
        ("<figure><img src='a.png' alt='not text'><figcaption>Caption</figcaption></figure>after", "Caption\n\nafter"),
        ('<div class="wp-caption"><img src="a.png"><p class="wp-caption-text">Cap</p></div>', "Cap"),
        ("<details><summary>Sum</summary><p>Folded</p></details>", "Sum\n\nFolded"),
        ("[unknown x='1']kept[/unknown]<p>a</p>", "[unknown x='1']kept[/unknown]\n\na"),
        ("<p>a<script>x</script><style>y</style><noscript>z</noscript><template><p>t</p></template>b</p>", "ab"),
        ("<script>if (a < b) document.write('<p>x</p>')</script>shown", "shown"),
        ("<!-- wp:paragraph --><p>a</p><!-- /wp:paragraph --><!--more--><p>b</p>", "a\n\nb"),
        ("<p>a<!-- x --b --> c</p>", "a c"),
        ("<iframe src='https://v.example/1'>fallback</iframe>after", "after"),
        ("<object data='x.pdf'><p>No viewer</p></object>", "No viewer"),
        ("<audio src='a.mp3'><a href='a.mp3'>a.mp3</a></audio>", "a.mp3"),
        ("<svg><title>t</title></svg><p>a</p>", "a"),
        ("a</div></article>b", "ab"),
        ("a</body></html>b<p>c", "ab\n\nc"),
        ("<html><head></head><body class=x><p>a</p></body></html><p>b</p>", "a\n\nb"),
        ("<p>Unclosed <b>bold <i>italic</b> mixed</i><o:p></o:p></p></div>After<p>in <p>para<div>and div", None),
        ("<p>5 &lt; 6 &amp;&amp; 7 &gt; 3</p>", "5 < 6 && 7 > 3"),
        ("<p>5 < 6 <3</p>", "5 < 6 <3"),
        ("<p>&#x1F600; &#8217; &eacute;&#1;</p>", "😀 ’ é"),
        ("<p>a\x00b\ud83e\udde0</p>", "ab🧠"),
        ('<p>Nice <img src="https://s.example/1f44d.png" alt="👍" class="wp-smiley" /> one</p>', "Nice 👍 one"),
        ('<p>ok<img class="emoji" alt=":)" src="x"></p>', "ok:)"),
        ("<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>", "漢(かん)"),
        ("<p dir='rtl'>مرحبا بالجميع، شكرا</p>", "مرحبا بالجميع، شكرا"),
        ("<p>line\N{LINE SEPARATOR}separator</p>", "line separator"),
        ("<p>zero\N{ZERO WIDTH SPACE}width</p>", "zero\N{ZERO WIDTH SPACE}width"),
        ("<select><option>A<option>B</select>", "A\nB"),
    ],
)
def test_text(html: str, text: str | None) -> None:
    if text is None:
        text = "Unclosed bold italic mixed\n\nAfter\n\nin\n\npara\n\nand div"
    assert to_text(html) == text
    assert read(html).text == text


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a</p>", "<p>a</p>"),
        ("  text &amp; more ", "text &amp; more"),
        ("text <b>x</b>", "text <b>x</b>"),
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<p>1 < 2 & 3</p>", "<p>1 &lt; 2 &amp; 3</p>"),
        ("<!-- wp:html --><p>a</p><!--more-->", "<p>a</p>"),
        ("<p>a<script>x</script><style>y</style><noscript>z</noscript><template>t</template></p>", "<p>a</p>"),
        ('<a href="/x?a=1&amp;b=2">x</a>', '<a href="https://blog.example.org/x?a=1&amp;b=2">x</a>'),
        ('<a href="#fn1">1</a>', '<a href="#fn1">1</a>'),
        ('<a href="mailto:a@example.org">m</a>', '<a href="mailto:a@example.org">m</a>'),
        ('<img src="i.png" alt="&quot;b&quot;">', f'<img src="{PAGE}i.png" alt="&quot;b&quot;">'),
        (
            '<img srcset="/a.png 300w, /b,c.png 600w">',
            '<img srcset="https://blog.example.org/a.png 300w, https://blog.example.org/b,c.png 600w">',
        ),
        ('<iframe src="//v.example/1" srcdoc="<p>x</p>">f</iframe>', '<iframe src="https://v.example/1"></iframe>'),
        ('a<iframe srcdoc="<p>x</p>"></iframe>b', "ab"),
        (
            "<video poster='p.png'><source src='v.mp4'></video>",
            f'<video poster="{PAGE}p.png"><source src="{PAGE}v.mp4"></video>',
        ),
        ("a<br/>b<hr/>", "a<br>b<hr>"),
        ('<p class="x y" onclick="f()">a</p>', '<p class="x y" onclick="f()">a</p>'),
        ("<pre>a\n  b</pre>", "<pre>a\n  b</pre>"),
        ("<html><body><p>a</p></body></html>", "<p>a</p>"),
        ("a</body>b</html>c", "abc"),
        ('<p>a<img class="avatar" src="https://secure.gravatar.com/avatar/0?s=48">b</p>', "<p>ab</p>"),
        ('<p>a<img src="https://0.gravatar.com/avatar/0">b</p>', "<p>ab</p>"),
        ("<p>&#1;a&#xFFFE;</p>", "<p>a</p>"),
    ],
)
def test_html(html: str, expected: str) -> None:
    assert read(html).html == expected


@pytest.mark.parametrize(
    ("html", "links"),
    [
        ('<a href="https://x.example/a">the <b>paper</b></a>', [("https://x.example/a", "the paper")]),
        ('<a href="/about/">About</a>', [("https://blog.example.org/about/", "About")]),
        ('<p>a</p><a href="https://x.example/">\n x \n</a>', [("https://x.example/", "x")]),
        ('<a href="https://x.example/"><img src="i.png" alt="alt"></a>', [("https://x.example/", "")]),
        ('<a href="https://x.example/">x', [("https://x.example/", "x")]),
        (
            '<a href="https://x.example/1">a<a href="https://x.example/2">b</a>',
            [("https://x.example/1", "a"), ("https://x.example/2", "b")],
        ),
        ('<a href="https://x.example/">a</a><a href="https://x.example/">a</a>', [("https://x.example/", "a")]),
        (
            '<a href="https://x.example/">a</a><a href="https://x.example/">b</a>',
            [("https://x.example/", "a"), ("https://x.example/", "b")],
        ),
        ('<a href="https://x.example/?q=1&amp;r=2#s">a</a>', [("https://x.example/?q=1&r=2#s", "a")]),
        ('<map><area href="/m" alt="x"></map>', [("https://blog.example.org/m", "")]),
        ('<a href="#fn1">1</a><a href="">2</a><a name="more">3</a>', []),
        ('<a href="javascript:alert(1)">x</a><a href="mailto:a@example.org">m</a><a href="http://">h</a>', []),
        ('<a href="http://[::1">bad</a>', []),
        ("https://x.example/ as text", []),
    ],
)
def test_links(html: str, links: list[tuple[str, str]]) -> None:
    assert read(html).links == tuple(Link(url=url, text=text) for url, text in links)


@pytest.mark.parametrize(
    ("html", "media"),
    [
        ('<img src="/i.png" alt=" An  image ">', [image("/i.png", alt="An image")]),
        ('<img src="/i.png" alt="">', [image("/i.png")]),
        ('<img src="data:image/gif;base64,R0" data-src="/i.png">', [image("/i.png")]),
        ('<img src="/blank.gif" data-lazy-src="/i.png">', [image("/i.png")]),
        ('<img src="/blank.gif" data-srcset="/s.png 300w, /l.png 1200w">', [image("/l.png")]),
        ('<img srcset="/s.png 1x, /l.png 2x">', [image("/l.png")]),
        ('<img src="" srcset="/only.png">', [image("/only.png")]),
        ('<img src="data:image/gif;base64,R0">', []),
        ("<img>", []),
        ('<img src="https://t.example/p" width="1" height="1">', []),
        ('<img class="wp-smiley" src="/s.png" alt=":)">', []),
        ('<img class="avatar avatar-48" src="/a.png">', []),
        ('<img src="/i.png"><img src="/i.png">', [image("/i.png")]),
        (
            '<figure><img src="/i.png"><figcaption>A <b>caption</b></figcaption></figure><img src="/j.png">',
            [image("/i.png", caption="A caption"), image("/j.png")],
        ),
        (
            '<div class="wp-caption"><a href="/x"><img src="/i.png"></a><p class="wp-caption-text">Cap</p></div>',
            [image("/i.png", caption="Cap")],
        ),
        (
            (
                '<figure><figure><img src="/a.png"><figcaption>A</figcaption></figure>'
                '<figure><img src="/b.png"></figure><figcaption>All</figcaption></figure>'
            ),
            [image("/a.png", caption="A"), image("/b.png", caption="All")],
        ),
        (
            (
                "<dl class='gallery-item'><dt><img src='/a.png'></dt><dd class='wp-caption-text'>A</dd></dl>"
                "<dl class='gallery-item'><dt><img src='/b.png'></dt></dl>"
            ),
            [image("/a.png", caption="A"), image("/b.png")],
        ),
        ('<audio src="/a.mp3"></audio>', [image("/a.mp3", kind="audio")]),
        (
            '<audio><source src="https://x.example/a.mp3?_=1"><source src="https://x.example/a.ogg?_=1"></audio>',
            [Media(url="https://x.example/a.mp3", kind="audio")],
        ),
        ('<video><source src="/v.mp4"></video>', [image("/v.mp4", kind="video")]),
        ('<picture><source srcset="/i.webp"><img src="/i.png"></picture>', [image("/i.png")]),
        ('<iframe src="https://v.example/1"></iframe>', [Media(url="https://v.example/1", kind="embed")]),
        (
            '<iframe src="about:blank" data-src="https://v.example/1"></iframe>',
            [Media(url="https://v.example/1", kind="embed")],
        ),
        ('<object data="/x.pdf"></object>', [image("/x.pdf", kind="embed")]),
        ('<embed src="/x.swf">', [image("/x.swf", kind="embed")]),
        ('<noscript><img src="/i.png"></noscript>', []),
    ],
)
def test_media(html: str, media: list[Media]) -> None:
    assert read(html).media == tuple(media)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>doi: 10.1016/S1474-4422(21)00301-X.</p>", ["10.1016/s1474-4422(21)00301-x"]),
        (
            "<p>doi: 10.1002/(SICI)1:2/3&lt;16::AID-S9&gt;3.0.CO;2-2. PMID: 1</p>",
            ["10.1002/(sici)1:2/3<16::aid-s9>3.0.co;2-2", "1"],
        ),
        ('<a href="https://doi.org/10.1000/xyz">the paper</a>', ["10.1000/xyz"]),
        ('<a href="https://doi.org/10.1000/xyz">https://doi.org/10.1000/xyz</a>', ["10.1000/xyz"]),
        ("10.1016/<wbr>j.msard.2020.1", ["10.1016/j.msard.2020.1"]),
        ("<ul><li>10.1000/a</li><li>10.1000/b</li></ul>", ["10.1000/a", "10.1000/b"]),
        ("PMID: 12345678 as text", ["12345678"]),
        ("<p>doi:10.1000/x.1<sup><a href='#n1'>2</a></sup> and 10.1000/y</p>", ["10.1000/x.1", "10.1000/y"]),
        ("<p>PMID 12345678<sup id='r1'>[3]</sup>, <a>PMC123456</a><sup>4</sup></p>", ["12345678", "PMC123456"]),
        ("<p>10<sup>th</sup> of 10<sup>-3</sup>, 10.1000/z</p>", ["10.1000/z"]),
        ("<script>doi:10.1000/xyz</script><p>none</p>", []),
    ],
)
def test_citations(html: str, expected: list[str]) -> None:
    assert [citation.value for citation in read(html).citations] == expected


def test_a_whole_content() -> None:
    assert read('<p>See <a href="https://doi.org/10.1000/x">it</a>.</p><img src="/i.png">') == Content(
        html='<p>See <a href="https://doi.org/10.1000/x">it</a>.</p><img src="https://blog.example.org/i.png">',
        text="See it.",
        links=(Link(url="https://doi.org/10.1000/x", text="it"),),
        media=(Media(url="https://blog.example.org/i.png"),),
        citations=(Citation("doi", "10.1000/x"),),
    )


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("", ""),
        ("A title", "A title"),
        ("  A \n title ", "A title"),
        ("Tom &amp; Jerry: <em>versus</em> T-cells, 5 &lt; 6", "Tom & Jerry: versus T-cells, 5 < 6"),
        ("5 < 6 > 4 -- it's R&D", "5 < 6 > 4 -- it's R&D"),
        ("&lt;b&gt;", "<b>"),
        ("&amp;amp;", "&amp;"),
        ("Prof&nbsp;Q&#8217;s", "Prof Q’s"),
        ("A <b>bold</b> name", "A bold name"),
        ("<p>One</p><p>two</p>", "One two"),
        ("Continue<!-- x --> reading<script>x</script>", "Continue reading"),
        ("https://example.org/?a=1&b=2", "https://example.org/?a=1&b=2"),
        ("/etc/passwd", "/etc/passwd"),
        ("a\x00b", "ab"),
        ("&#0;a&#1;", "\N{REPLACEMENT CHARACTER}a"),
    ],
)
def test_plain(html: str, expected: str) -> None:
    assert plain(html) == expected


HOSTILE = {
    "nested": "<div>" * 20_000 + "deep" + "</div>" * 20_000,
    "unclosed": "<div>deep " * 20_000,
    "inline": "<b>deep " * 20_000,
    "quotes": "<blockquote><p>deep" * 10_000,
    "lists": "<ul><li>deep" * 10_000,
    "tables": "<table><tr><td>deep" * 5_000,
    "links": "<span><a href=/x>deep" * 10_000,
    "captions": "<figure><img src=/a.png><figcaption>deep</figcaption>" * 2_000,
    "attributes": "<p " + " ".join(f"a{i}=1" for i in range(50_000)) + ">deep</p>",
    "stray": "</div>" * 50_000 + "deep",
    "data": '<img src="data:image/png;base64,' + "A" * 200_000 + '">deep',
    "line feeds": "<pre>" + "\n" * 200_000 + "deep</pre>",
    "long": "<p>deep " * 25_000,
    "open comment": "deep<p>" + "<!--" * 50_000,
    "srcset": "<img srcset='" + "a " * 50_000 + "'>deep",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_html_ends_and_keeps_its_words(name: str) -> None:
    """No recursion, no quadratic time: the time limit of the test run would tell."""
    content = read(HOSTILE[name])
    assert content.text.count("deep") == HOSTILE[name].count("deep")
    assert content.html.count("deep") == HOSTILE[name].count("deep")


def test_deep_html_is_cut_to_what_cleaners_bear() -> None:
    assert read(HOSTILE["nested"]).html.count("<div>") < 1_000
    assert read("<div>" * 100 + "x").html.count("<div>") == 100


def test_what_was_read_reads_the_same_again() -> None:
    first = read('<p>a &lt;b&gt; <a href="/x">l</a><br>c</p><table><tr><td>1<td>2</table><pre>\n x &amp;\n</pre>')
    assert read(first.html) == first


def _browser(html: str) -> list[str]:
    """The words of `html` by the crudest means, to compare with."""
    html = re.sub(r"<(script|style)\b.*?</\1>|<!--.*?-->", "", html, flags=re.DOTALL)
    html = re.sub(r"</?(?:p|div|li|ul|blockquote|td|tr|table|br|h2|pre)\b[^>]*>", " ", html)
    return re.findall(r"\w+", unescape(re.sub(r"<[^>]*>", "", html)))


WORDS = st.lists(st.text("abcdéñ日本 &<>'\"", min_size=1, max_size=8), max_size=4).map(lambda w: escape(" ".join(w)))
ELEMENTS = ["p", "div", "blockquote", "h2", "pre", "b", "em", "span"]
TREES = st.recursive(
    WORDS,
    lambda inner: st.one_of(
        st.builds("<{0}>{1}</{0}>".format, st.sampled_from(ELEMENTS), inner),
        st.builds("<ul><li>{}</li><li>{}</li></ul>".format, inner, inner),
        st.builds("<table><tr><td>{}</td><td>{}</td></tr></table>".format, inner, inner),
        st.builds('<a href="/x">{}</a>'.format, inner),
        st.builds("{}<br>{}<!-- c --><script>s</script>".format, inner, inner),
        st.builds("{}{}".format, inner, inner),
    ),
    max_leaves=12,
)


@given(TREES)
def test_every_word_shows_and_none_is_made_up(html: str) -> None:
    assert re.findall(r"\w+", read(html).text) == _browser(html)


@given(TREES)
def test_reading_is_stable(html: str) -> None:
    content = read(html)
    assert content.text == content.text.strip("\n")
    assert "\n\n\n" not in content.text or "<pre" in html
    assert read(content.html).text == content.text


@given(st.text(alphabet=st.sampled_from("<>/=\"' &;#!-abdiprtx\n\x00\ud800é"), max_size=60))
def test_any_text_is_read(html: str) -> None:
    content = read(html)
    (content.html + content.text + plain(html)).encode("utf-8")
    assert "\x00" not in content.html + content.text
    assert "<!--" not in content.html
