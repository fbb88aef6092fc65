"""References as people write them, found; numbers that only look like one, left."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import quote

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from archiver.identifiers import find, from_url
from archiver.model import Citation

SICI = "10.1002/(SICI)1097-0258(1998)17:15/16<1661::AID-SIM968>3.0.CO;2-2"
LANCET = "10.1016/S1474-4422(21)00301-X"


def doi(value: str) -> Citation:
    return Citation("doi", value.lower())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("doi:10.1000/xyz", "10.1000/xyz"),
        ("DOI: 10.1000/XYZ.", "10.1000/xyz"),
        ("doi10.1000/xyz", "10.1000/xyz"),
        ("(doi:10.1000/xyz)", "10.1000/xyz"),
        ("10.1000/1097–0258(1996)4‑ab", "10.1000/1097-0258(1996)4-ab"),
        ("https://doi.org/10.1000/1097–0258(1996)4", "10.1000/1097-0258(1996)4"),
        ("10.1000/xyz–so they say", "10.1000/xyz"),
        ("[10.1000/xyz]", "10.1000/xyz"),
        ("{10.1000/xyz}", "10.1000/xyz"),
        ("“10.1000/xyz”", "10.1000/xyz"),
        ("'10.1000/xyz'", "10.1000/xyz"),
        ('"10.1000/xyz".', "10.1000/xyz"),
        ("10.1000/xyz…", "10.1000/xyz"),
        ("10.1000/xyz?", "10.1000/xyz"),
        ("10.1000/xyz!)", "10.1000/xyz"),
        ("10.1000/xyz\N{NO-BREAK SPACE}next", "10.1000/xyz"),
        ("10.1000/xyz。次", "10.1000/xyz"),
        ("10.1000/xyz</a>", "10.1000/xyz"),
        ("10.1000/xyz<br/>next", "10.1000/xyz"),
        ("10.1000/xyz&quot;", "10.1000/xyz"),
        ("10.1000/xyz&#8221;", "10.1000/xyz"),
        ("10.1000/xyz&nbsp;next", "10.1000/xyz"),
        ("10.1000/xyz&lt;/a&gt;", "10.1000/xyz"),
        ("**10.1000/xyz**", "10.1000/xyz"),
        ("<https://doi.org/10.1000/xyz>", "10.1000/xyz"),
        (f"Lancet Neurol 2021. {LANCET}.", LANCET),
        (f"({LANCET})", LANCET),
        (f"(see {LANCET}).", LANCET),
        (f"https://doi.org/{LANCET}, and", LANCET),
        (f"doi: {SICI}.", SICI),
        (f"({SICI})", SICI),
        (escape(SICI), SICI),
        (f"https://doi.org/{quote(SICI)}", SICI),
        (f"https://dx.doi.org/{escape(SICI)}; free", SICI),
        (f"doi.org/{SICI.replace('<', '%3C').replace('>', '%3E')}.", SICI),
        ("10.1175/1520-0469(1981)038<1731:ATPOA>2.0.CO;2", "10.1175/1520-0469(1981)038<1731:ATPOA>2.0.CO;2"),
        ("10.1890/0012-9658(2006)87[2445:ABC]2.0.CO;2,", "10.1890/0012-9658(2006)87[2445:ABC]2.0.CO;2"),
        ("10.1000%2Fxyz", "10.1000/xyz"),
        ("10.1000.10/123-456", "10.1000.10/123-456"),
        ("10.123456789/a", "10.123456789/a"),
        ("10.1093/brain/awaa001", "10.1093/brain/awaa001"),
        ("10.1212/WNL.0000000000001234:", "10.1212/wnl.0000000000001234"),
        ("10.1000/xyz).Next sentence", "10.1000/xyz"),
        ("10.1000/xyzPMID: none", "10.1000/xyz"),
        ("http://dx.doi.org/10.1000/xyz", "10.1000/xyz"),
        ("www.site.example/doi/abs/10.1000/xyz", "10.1000/xyz"),
        ("https://site.example/doi/full/10.1000/xyz/pdf?x=1#s", "10.1000/xyz"),
        ("10.48550/arXiv.2101.00001", "10.48550/arxiv.2101.00001"),
    ],
)
def test_one_doi_in_text(text: str, expected: str) -> None:
    assert find(text) == [doi(expected)]


@pytest.mark.parametrize(
    "text",
    [
        "10.1000/a and 10.1000/b",
        "doi:10.1000/a;doi:10.1000/b",
        "10.1000/a,10.1000/b",
        "10.1000/a;10.1000/b.",
        "https://doi.org/10.1000/a,https://doi.org/10.1000/b",
        "https://doi.org/10.1000/a;doi:10.1000/b",
        "<li>10.1000/a</li><li>10.1000/b</li>",
        "10.1000/a (not 10.1000/b), nor 10.1000/A",
    ],
)
def test_two_dois_in_text(text: str) -> None:
    assert find(text) == [doi("10.1000/a"), doi("10.1000/b")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PMID: 12345678.", [("pmid", "12345678")]),
        ("PMID 12345678", [("pmid", "12345678")]),
        ("pmid:12345678;", [("pmid", "12345678")]),
        ("(PMID#12345678)", [("pmid", "12345678")]),
        ("PMID: 00123", [("pmid", "123")]),
        ("PMIDs: 11111111, 22222222; 33333333.", [("pmid", "11111111"), ("pmid", "22222222"), ("pmid", "33333333")]),
        ("[PubMed: 12345678]", [("pmid", "12345678")]),
        ("PubMed PMID: 12345678", [("pmid", "12345678")]),
        ("PubMed ID 12345678", [("pmid", "12345678")]),
        ("https://www.ncbi.nlm.nih.gov/pubmed/12345678", [("pmid", "12345678")]),
        ("see https://pubmed.ncbi.nlm.nih.gov/12345678/.", [("pmid", "12345678")]),
        ("PMC1234567", [("pmcid", "PMC1234567")]),
        ("PMCID: PMC1234567.", [("pmcid", "PMC1234567")]),
        ("pmcid:1234567", [("pmcid", "PMC1234567")]),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1234567/", [("pmcid", "PMC1234567")]),
        ("arXiv:2101.00001v2", [("arxiv", "2101.00001")]),
        ("arXiv:2101.00001.", [("arxiv", "2101.00001")]),
        ("arXiv: 0704.0001 [q-bio]", [("arxiv", "0704.0001")]),
        ("arxiv 2101.00001", [("arxiv", "2101.00001")]),
        ("arXiv:hep-th/9901001v3", [("arxiv", "hep-th/9901001")]),
        ("arXiv:math.GT/0309136", [("arxiv", "math/0309136")]),
        ("https://arxiv.org/abs/2101.00001v2", [("arxiv", "2101.00001")]),
        ("https://arxiv.org/pdf/2101.00001.pdf", [("arxiv", "2101.00001")]),
        ("NCT01234567", [("nct", "NCT01234567")]),
        ("ClinicalTrials.gov number, nct 01234567.", [("nct", "NCT01234567")]),
        ("https://clinicaltrials.gov/ct2/show/NCT01234567", [("nct", "NCT01234567")]),
        ("ISRCTN12345678", [("isrctn", "ISRCTN12345678")]),
        ("ISRCTN: 12345678)", [("isrctn", "ISRCTN12345678")]),
        ("ISBN 978-0-306-40615-7", [("isbn", "9780306406157")]),
        ("ISBN-13: 978 0 306 40615 7.", [("isbn", "9780306406157")]),
        ("ISBN 0-306-40615-2 (hardback)", [("isbn", "9780306406157")]),
        ("ISBN-10: 0-8044-2957-X", [("isbn", "9780804429573")]),
        ("ISBN10: 080442957x", [("isbn", "9780804429573")]),
        ("isbn:9780306406157", [("isbn", "9780306406157")]),
        ("ISBN 0306406152 2021", [("isbn", "9780306406157")]),
        (
            "doi: 10.1000/x. PMID: 12345678; PMCID: PMC1234567",
            [("doi", "10.1000/x"), ("pmid", "12345678"), ("pmcid", "PMC1234567")],
        ),
        ("PMID 1; PMID 1; pmid:01", [("pmid", "1")]),
    ],
)
def test_other_schemes_in_text(text: str, expected: list[tuple[str, str]]) -> None:
    assert find(text) == [Citation(*pair) for pair in expected]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10.5555",
        "10.5555/",
        "10.5555/.",
        "10.12/abc",
        "it costs $10.5555/month",
        "£10.99 each, 10.00/month",
        "version 2.10.1234/5",
        "call 020 7946 0123 or 12345678",
        "10.0.0.0/8",
        "12345678",
        "PMID: none",
        "PMID: 0",
        "PMID: 1234567890123",
        "PMC",
        "the PMC meeting",
        "APMC1234567",
        "PubMed has 12345678 papers",
        "arXiv:2113.00001",
        "arXiv is free",
        "2101.00001",
        "NCT1234567",
        "NCT012345678",
        "ISRCTN1234567",
        "ISBN 978-0-306-40615-8",
        "ISBN 1234567890",
        "978-0-306-40615-7",
        "https://www.example.org/2021/02/10.html",
        "https://example.org/pubmed/12345678",
    ],
)
def test_nothing_where_there_is_nothing(text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://doi.org/10.1000/xyz", ("doi", "10.1000/xyz")),
        ("http://dx.doi.org/10.1000/XYZ/", ("doi", "10.1000/xyz")),
        ("https://doi.org/10.3389/fneur.2020.1/full", ("doi", "10.3389/fneur.2020.1/full")),
        ("https://www.frontiers.example/articles/10.3389/fneur.2020.1/full", ("doi", "10.3389/fneur.2020.1")),
        (f"https://doi.org/{quote(SICI, safe='')}", ("doi", SICI.lower())),
        ("https://onlinelibrary.wiley.example/doi/full/10.1002/ana.24000", ("doi", "10.1002/ana.24000")),
        (
            "https://onlinelibrary.wiley.example/doi/10.1002/ana.24000/abstract;jsessionid=AB.f1",
            ("doi", "10.1002/ana.24000"),
        ),
        (
            "https://journals.sagepub.example/doi/pdf/10.1177/1352458520000000?download=true",
            ("doi", "10.1177/1352458520000000"),
        ),
        ("https://link.springer.example/article/10.1007/s00415-020-1/figures/1", ("doi", "10.1007/s00415-020-1")),
        ("https://link.springer.example/content/pdf/10.1007/s00415-020-1.pdf", ("doi", "10.1007/s00415-020-1")),
        (
            "https://journals.plos.example/plosone/article?id=10.1371/journal.pone.0000001",
            ("doi", "10.1371/journal.pone.0000001"),
        ),
        (
            "https://x.example/a?id=info%3Adoi%2F10.1371%2Fjournal.pone.0000001&type=printable",
            ("doi", "10.1371/journal.pone.0000001"),
        ),
        ("https://x.example/a?q=1&amp;doi=10.1000/xyz&amp;b=2", ("doi", "10.1000/xyz")),
        (
            "https://www.medrxiv.example/content/10.1101/2020.03.19.20039354v2.full.pdf",
            ("doi", "10.1101/2020.03.19.20039354"),
        ),
        (
            "https://academic.oup.example/brain/article/doi/10.1093/brain/awaa001/5809999",
            ("doi", "10.1093/brain/awaa001"),
        ),
        ("https://jamanetwork.example/journals/jama/fullarticle/10.1001/jama.2020.1", ("doi", "10.1001/jama.2020.1")),
        ("https://x.example/#/doi/10.1000/xyz", ("doi", "10.1000/xyz")),
        ("https://pubmed.ncbi.nlm.nih.gov/12345678/", ("pmid", "12345678")),
        ("https://pubmed.ncbi.nlm.nih.gov/12345678/?from=x", ("pmid", "12345678")),
        ("http://www.ncbi.nlm.nih.gov/pubmed/12345678", ("pmid", "12345678")),
        ("https://www.ncbi.nlm.nih.gov/m/pubmed/12345678/", ("pmid", "12345678")),
        ("https://www.ncbi.nlm.nih.gov/pubmed/?term=12345678", ("pmid", "12345678")),
        (
            "http://www.ncbi.nlm.nih.gov/entrez/query.fcgi?cmd=Retrieve&list_uids=12345678&dopt=Abstract",
            ("pmid", "12345678"),
        ),
        ("https://europepmc.org/article/MED/12345678", ("pmid", "12345678")),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1234567/pdf/x.pdf", ("pmcid", "PMC1234567")),
        ("https://pmc.ncbi.nlm.nih.gov/articles/PMC1234567/", ("pmcid", "PMC1234567")),
        ("https://www.ncbi.nlm.nih.gov/pmc/articlerender.fcgi?artid=1234567", ("pmcid", "PMC1234567")),
        ("https://europepmc.org/article/PMC/PMC1234567", ("pmcid", "PMC1234567")),
        ("https://arxiv.org/abs/2101.00001v2", ("arxiv", "2101.00001")),
        ("https://arxiv.org/pdf/2101.00001v2.pdf", ("arxiv", "2101.00001")),
        ("http://export.arxiv.org/abs/hep-th/9901001", ("arxiv", "hep-th/9901001")),
        ("https://clinicaltrials.gov/study/NCT01234567?a=b", ("nct", "NCT01234567")),
        ("https://www.isrctn.com/ISRCTN12345678", ("isrctn", "ISRCTN12345678")),
        ("https://www.amazon.co.uk/Some-Book/dp/0306406152/ref=sr_1", ("isbn", "9780306406157")),
        ("https://openlibrary.org/isbn/9780306406157", ("isbn", "9780306406157")),
        ("https://books.google.com/books?vid=ISBN0306406152", ("isbn", "9780306406157")),
        ("urn:isbn:0306406152", ("isbn", "9780306406157")),
    ],
)
def test_from_url(url: str, expected: tuple[str, str]) -> None:
    assert from_url(url) == [Citation(*expected)]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://example.org/2021/02/10/a-post/",
        "https://pubmed.ncbi.nlm.nih.gov/?term=sclerosis",
        "https://pubmed.ncbi.nlm.nih.gov/12345678901/",
        "https://www.ncbi.nlm.nih.gov/pubmed/",
        "https://evil.example/pubmed.ncbi.nlm.nih.gov/12345678",
        "https://arxiv.org/list/q-bio/recent",
        "https://www.amazon.co.uk/dp/B000000000",
        "https://doi.org/",
        "http://[::1",
        "http://[10.1000/x",
    ],
)
def test_from_url_finds_nothing(url: str) -> None:
    assert from_url(url) == []


@pytest.mark.parametrize("year", [1995, 2026])
@pytest.mark.parametrize(
    "pattern",
    [
        "10.5555/ms.{y}.1001",
        "10.5555/S1474-4422({y})301001-4",
        "10.5555/(SICI)1097-0258({y})17:15/16<1661::AID-SIM1001>3.0.CO;2-2",
        "10.5555/jnnp-{y}-1001",
        "10.5555/WNL.00000000001001",
        "10.5555/msj_{y}.abc.1001",
    ],
)
@pytest.mark.parametrize(
    ("around", "pmid"),
    [
        (
            "<p>O'Neill J, Müller K. Title of the paper. Mult Scler. 2001;12(3):45-67. doi: {h}. PMID: 12345678.</p>",
            True,
        ),
        ("<p>O'Neill J. Title. Mult Scler. 2001;12(3):45-67. doi: {d}. PMID: 12345678.</p>", True),
        ("<p>{d}</p>", False),
        ("<p>Smith <i>et al.</i> (PMID 12345678); https://dx.doi.org/{h}</p>", True),
        ("<p>(PMID 12345678; DOI:{h})</p>", True),
        ("(PMID 12345678; DOI:{d})", True),
    ],
)
def test_references_as_blogs_write_them(year: int, pattern: str, around: str, pmid: bool) -> None:
    written = pattern.format(y=year)
    expected = {doi(written)} | ({Citation("pmid", "12345678")} if pmid else set())
    assert set(find(around.format(h=escape(written, quote=False), d=written))) == expected
    linked = "https://doi.org/" + written.replace("<", "%3C").replace(">", "%3E")
    assert from_url(linked) == [doi(written)]


def _balanced(middle: str) -> bool:
    depth = 0
    for char in middle:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth < 0:
            return False
    return depth == 0


ALNUM = st.text("abcxyzABCXYZ0123456789", min_size=1, max_size=6)
DOIS = st.builds(
    "10.{}{}/{}{}{}".format,
    st.integers(1000, 999999999),
    st.sampled_from(["", ".1", ".10.2"]),
    ALNUM,
    st.text("abcXYZ0189.-_;:/()=+", max_size=20).filter(_balanced),
    ALNUM,
)
BEFORE = st.sampled_from(
    ["", "See ", "doi:", "DOI: ", "(", "[", "“", "https://doi.org/", "(https://dx.doi.org/", "<p>", "«", "DOI:"]
)
AFTER = st.sampled_from(
    [
        "",
        ".",
        ",",
        ";",
        ":",
        ")",
        "]",
        ").",
        "),",
        '"',
        "”",
        "'",
        "’",
        "…",
        "?",
        "!",
        "</a>",
        "</p>",
        "<br />",
        "&nbsp;",
        "&quot;",
        ">",
        "»",
        "。",
        "*",
    ]
)
REST = st.sampled_from(["", " and more", "\nnext line", " (2021).", " PMID 12345678"])


@given(DOIS, BEFORE, AFTER, REST)
@example(SICI, "(", ").", "")
@example(LANCET, "", ".", " and more")
def test_a_doi_comes_back(written: str, before: str, after: str, rest: str) -> None:
    assume(not re.search(r"[,;]10\.", written))  # reads as two
    found = find(before + written + after + rest)
    assert [c for c in found if c.scheme == "doi"] == [doi(written)]


@given(DOIS)
def test_a_doi_comes_back_from_its_resolver(written: str) -> None:
    assert from_url("https://doi.org/" + quote(written)) == [doi(written)]
    assert from_url("https://doi.org/" + quote(written, safe="") + "?utm_source=x") == [doi(written)]


@given(
    st.integers(1, 99999999),
    st.sampled_from(["PMID: {}", "PMID{}", "pmid {}.", "(PMID:{})", "https://pubmed.ncbi.nlm.nih.gov/{}/"]),
)
def test_a_pmid_comes_back(number: int, around: str) -> None:
    assert find(f"Text {around.format(number)} text") == [Citation("pmid", str(number))]


@given(st.text(alphabet=st.sampled_from("10./():;,<>&%dDoOiIpmPM sbn978-arxivnct \n\"']["), max_size=80))
def test_any_text_is_read(text: str) -> None:
    for citation in find(text) + from_url(text):
        assert citation.value == citation.value.strip()
        assert citation.scheme != "doi" or find(citation.value) == [citation]


@pytest.mark.parametrize(
    "hostile",
    [
        "10.1234/" * 20_000,
        "10.1234/" + "." * 100_000,
        "10.1234/" + "(" * 100_000,
        "10.1234/" + "<1:" * 50_000,
        "10.1234/a%" * 20_000,
        "ISBN" + " " * 100_000,
        "PMID:" + " " * 100_000,
        "PMIDs " + "1" * 100_000,
        "PMIDs " + "1,1 " * 50_000 + "123456789",
        "http://" * 20_000,
        "ISBN 1" + " -" * 50_000,
        "&lt;" * 50_000 + "10.",
    ],
)
def test_hostile_text_ends(hostile: str) -> None:
    """Quadratic patterns would run into the time limit of the test run."""
    assert len(find(hostile)) <= 2
