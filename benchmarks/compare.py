"""Holds an archive against the truth of the test bed.

    report = compare(Path("archive/archive.db"), Path("truth.db"), "http://127.0.0.1:18100/", api_open=True)
    report.failures()      # [] when everything is as wanted

What counts as what:
- A captured row stands for a true one by its native id, else by path and query of its URL. Rows that
  stand for nothing, or for something that another row stands for, are extra. Rows marked gone are not captured.
- Posts and pages are counted apart. Posts known only from their comments (kind unknown) are neither.
- Expected comments are those that pages show (`in_thread`), pings included; with an open API and no pages
  fetched the comments alone, since the API omits pings. Approved comments that only the API lists (their
  parent is hidden) are counted apart. Comments of a protected post are extra: no visitor sees them.
- Dates are right when they are so at the precision that is stored with them; with an open API that must be the
  second. Without the API nothing tells when a *page* was written or by whom, nor when anything was modified:
  there they are judged where the archive claims to know them.
- Pings are found only on pages, and most classic themes print nothing but who sent them: text and date are judged
  where there is a text.
- Names are compared with straight quotes, since some themes set them in typographic ones.
- Texts are compared by their words (F1 of tokens): a comment is right from 0.99 on, a post from 0.98 on, since
  players and galleries put a few words of their own into one reading or another.
- A parent is right when it is the true one or, read from pages, the one that is shown. Unknown is not wrong,
  but only allowed from pages and at the deepest level shown, where threads are flattened.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.captured import Captured
from benchmarks.case import Case
from benchmarks.compare_comments import compare_comments
from benchmarks.compare_posts import compare_months, compare_people, compare_posts, compare_terms
from benchmarks.leaks import leaks
from benchmarks.report import Report
from benchmarks.truth import Truth


def compare(
    archive: Path, truth: Path, base_url: str, *, api_open: bool, pages: bool = True, shows_byline: bool = True
) -> Report:
    """archive: archive.db; truth: what truth.php wrote; base_url: the front page that was crawled.

    api_open: whether the API answered; pages: whether pages were fetched, too; shows_byline: whether they
    print guest and co-authors.
    """
    known = Truth(truth)
    case = Case(
        truth=known,
        captured=Captured(archive, known),
        base_url=base_url,
        api_open=api_open,
        pages=pages,
        shows_byline=shows_byline,
    )
    compare_posts(case)
    compare_people(case)
    compare_terms(case)
    compare_comments(case)
    compare_months(case)
    case.count("hidden words", {}, leaks(archive, known))
    return case.report
