"""The pages in a browser: nothing of a hostile blog runs or loads, and everybody can read and reach everything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.archive_sample import key

pytestmark = pytest.mark.browser

STYLES = Path(__file__).parents[2] / "archiver/web/static/archiver.css"
TRIAL = f"/-/post/{key('p', 'trial')}"
OURS = (
    "/", TRIAL, "/-/search?q=window", "/-/search?only=comment", f"/-/author/{key('a', 'ada')}", "/-/month/2021-09",
    f"/-/term/{key('t', 'cells')}", f"/-/cited/{key('w', 'doi')}", "/-/crawls", "/-/crawl/run-1", "/-/ledger",
    f"/-/comment/{key('c', 't2')}", "/-/plots",
)  # fmt: skip
NETWORK = "/-/network"
DRAWN = {NETWORK, "/-/plots"}  # the pages of ours that have scripts
DATASETTES = (
    "/archive", "/archive/posts", f"/archive/posts/{key('p', 'trial')}", "/archive/comment_list", "/archive/authors",
    f"/archive/comments/{key('c', 't1')}", "/archive/coverage", "/archive/thread", "/archive/revisions",
    "/archive?sql=select+1",
)  # fmt: skip

# The least contrast of any visible text with the ground behind it, and what that text is.
CONTRAST = """() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = (c) => [0.2126, 0.7152, 0.0722].reduce((sum, part, i) => {
    const v = c[i] / 255;
    return sum + part * (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  }, 0);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const color = rgba(getComputedStyle(e).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255, 255];
  };
  let worst = [21, ''];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement, words = walker.currentNode.textContent.trim();
    if (!words || !element.checkVisibility() || element.closest('svg') || element.closest('option')) continue;
    const a = light(rgba(getComputedStyle(element).color)), b = light(ground(element));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < worst[0]) worst = [ratio, words.slice(0, 40)];
  }
  return worst;
}"""


def watched(browser, options):
    """A tab of a new context; what it asks for and says is kept."""
    page = browser.new_context(**options).new_page()
    page.asked, page.said = [], []
    page.on("request", lambda asked: page.asked.append(asked.url))
    page.on("console", lambda message: page.said.append(f"{message.type}: {message.text}"))
    page.on("dialog", lambda dialog: (page.said.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    return page


def test_a_table_of_many_columns_keeps_its_words_whole(opened):
    page = opened("about:blank", viewport={"width": 380, "height": 800})
    cells = "<td>measurement</td>" * 20
    page.set_content(
        f"<style>{STYLES.read_text()}</style><div class='ba-words'><table><tr>{cells}</tr></table>"
        f"<p>{'unbroken' * 40}</p></div>"
    )
    assert page.locator("td").first.bounding_box()["height"] < 2 * 1.6 * 17.3  # a line and its edges, in pixels
    assert page.evaluate("document.documentElement.scrollWidth") <= 380


@pytest.fixture
def opened(browser):
    """Opens pages, each in a context of its own."""
    pages = []

    def go(address, **options):
        pages.append(watched(browser, options))
        pages[-1].goto(address)
        return pages[-1]

    yield go
    for page in pages:
        page.context.close()


@pytest.fixture(scope="module")
def shown(browser):
    """Goes from page to page as a reader does, for tests that leave nothing behind: a third of the time of `opened`."""
    pages = {}

    def go(address, **options):
        how = json.dumps(options, sort_keys=True)
        page = pages[how] = pages.get(how) or watched(browser, options)
        page.goto("about:blank")
        page.asked.clear()
        page.said.clear()
        page.goto(address)
        return page

    yield go
    for page in pages.values():
        page.context.close()


@pytest.mark.parametrize("path", [*OURS, NETWORK, *DATASETTES])
def test_a_hostile_blog_runs_and_loads_nothing(shown, bad, path):
    page = shown(bad + path)
    for place in page.locator("summary, [tabindex]").all()[:20]:
        place.dispatch_event("mouseover")
        place.dispatch_event("toggle")
    page.wait_for_timeout(200)
    assert page.url == bad + path
    assert page.evaluate("window.pwned") is None
    assert [url for url in page.asked if not url.startswith(bad + "/")] == []
    assert [words for words in page.said if words.startswith(("dialog", "error"))] == []
    footer = "body > footer.ba-footer" if path in {*OURS, NETWORK} else "body > footer"
    assert page.locator(footer).count() == 1, "the end of the page is where it belongs"
    assert page.locator("iframe, object, embed, form[action^='http:']").count() == 0 or path in DATASETTES
    assert page.locator("script").count() == 0 or path in {*DRAWN, *DATASETTES}
    assert page.locator("a[href^='javascript' i], a[href^='data' i]").count() == 0


def test_the_parts_of_a_hostile_post_stay_in_their_places(opened, bad):
    page = opened(bad + TRIAL)
    assert page.locator("body > main > section.ba-thread > ol > li").count() > 5
    assert page.locator("main > nav.ba-neighbours").count() == 1
    assert page.locator(".ba-words [style], .ba-words [id], .ba-words [class], .ba-words img[src]").count() == 0
    assert page.locator(".ba-words a:not([rel='noopener noreferrer nofollow ugc'])").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [*OURS, "/archive", "/archive/post_list", f"/archive/posts/{key('p', 'trial')}"])
def test_text_stands_out(shown, sample, path, scheme):
    ratio, words = shown(sample + path, color_scheme=scheme).evaluate(CONTRAST)
    assert ratio >= 4.5, words


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/archive", "/archive/comment_list", TRIAL])
def test_text_stands_out_on_a_phone(shown, sample, path, scheme):
    page = shown(sample + path, color_scheme=scheme, viewport={"width": 390, "height": 800})
    ratio, words = page.evaluate(CONTRAST)
    assert ratio >= 4.5, words


@pytest.mark.parametrize("path", [*OURS, NETWORK])
def test_a_phone_shows_all_of_it(shown, sample, path):
    page = shown(sample + path, viewport={"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("path", [*OURS, NETWORK])
def test_every_field_and_image_has_a_name(shown, sample, path):
    page = shown(sample + path)
    unnamed = page.evaluate(
        "() => [...document.querySelectorAll('input, select, button, a[href], svg')].filter(e =>"
        " !(e.ariaLabel || e.textContent.trim() || (e.labels && e.labels.length))).map(e => e.outerHTML)"
    )
    assert unnamed == []
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.lang") == "en"


def test_the_keyboard_reaches_the_thread(opened, sample):
    page = opened(sample + TRIAL)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "ba-skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    summary = page.locator(".ba-comment > summary").first
    replies = page.locator(f"#c-{key('c', 't2')}")
    assert replies.is_visible()
    summary.focus()
    page.keyboard.press("Enter")
    assert not replies.is_visible()
    page.keyboard.press("Space")
    assert replies.is_visible()


def test_all_works_without_scripts(opened, sample):
    page = opened(sample + "/", java_script_enabled=False)
    page.fill("main input[name=q]", "relapse fell")
    page.press("main input[name=q]", "Enter")
    page.wait_for_url("**/-/search*")
    assert page.locator(".ba-hits mark").count() == 2
    page.click(".ba-hits h3 a")
    page.wait_for_url(f"{sample}{TRIAL}#c-{key('c', 't2')}")
    assert page.locator(f"#c-{key('c', 't2')}").is_visible()


def test_the_network_is_drawn_from_its_table(opened, sample):
    page = opened(sample + NETWORK)
    rows, people = page.locator("#pairs tbody tr"), page.locator("#network a.ba-node")
    assert rows.count() == page.locator("#network path.ba-edge").count() > 2
    assert people.count() == len(set(page.locator("#pairs td a").evaluate_all("all => all.map(a => a.href)")))
    ada = page.locator(f"#network a[href$='{key('a', 'ada')}']")
    ada.focus()
    assert "Ada Lind: answered " in page.inner_text("#network-said")
    assert 1 < page.locator("#network a.ba-on").count() <= people.count()
    before = ada.get_attribute("transform")
    box = ada.locator("circle").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 70, box["y"] + 50, steps=3)
    page.mouse.up()
    assert ada.get_attribute("transform") != before
    assert page.url == sample + NETWORK, "moving is not choosing"
    assert [words for words in page.said if words.startswith("error")] == []
    assert [url for url in page.asked if not url.startswith(sample + "/")] == []
    ada.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/-/author/{key('a', 'ada')}")


def test_the_network_without_scripts_is_its_table(opened, sample):
    page = opened(f"{sample}{NETWORK}?post={key('p', 'trial')}", java_script_enabled=False)
    assert not page.locator("#network").is_visible()
    assert page.locator("#pairs tbody tr").count() > 1


def test_on_paper_only_the_words_are_left(opened, sample):
    page = opened(sample + TRIAL)
    page.emulate_media(media="print")
    assert not page.locator(".ba-header").is_visible()
    assert not page.locator(".ba-links").first.is_visible()
    assert page.locator(".ba-thread").is_visible()


def test_the_demo_is_read_from_its_front_page(opened, demo):
    page = opened(demo + "/")
    assert page.locator("svg a").count() > 30
    page.click("text=EBB-2 did not work")
    page.wait_for_url("**/-/post/*")
    assert page.locator(".ba-comment").count() == 72
    page.click("text=All by Marsh Hen >> nth=0")
    page.wait_for_url("**/-/author/*")
    assert page.locator("h1").inner_text() == "Marsh Hen"
    assert page.said == []


def test_plots_are_drawn_from_their_rows(opened, sample):
    page = opened(sample + "/-/plots")
    drawn = page.locator("figure.ba-live > .ba-chart")
    drawn.nth(4).wait_for()
    assert drawn.count() == page.locator("figure[data-plot]").count() == 5
    assert page.locator("main .ba-scroll > .ba-plot:visible, main style, main [style*='url']").count() == 0
    people = page.request.get(f"{sample}/-/plots/most_active_commenters.json").json()
    assert drawn.nth(4).locator("g[aria-label=bar] rect").count() == len(people) > 2
    assert [words for words in page.said if words.startswith(("error", "warning"))] == []
    assert [url for url in page.asked if not url.startswith(sample + "/")] == []


def test_the_bars_of_a_plot_are_read_and_followed_by_keyboard(opened, sample):
    page = opened(sample + "/-/plots")
    figure = page.locator("figure[data-plot=most_active_commenters]")
    figure.locator(".ba-chart").focus()
    page.keyboard.press("End")
    page.keyboard.press("Home")
    first = page.request.get(f"{sample}/-/plots/most_active_commenters.json").json()[0]
    assert figure.locator(".ba-told").inner_text().startswith(f"{first['name']}: {first['comments']} comment")
    figure.locator("g[aria-label=tip] text", has_text=first["name"]).wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/-/author/{first['author_id']}")


def test_a_bar_that_is_chosen_leads_to_what_it_counts(opened, sample):
    page = opened(sample + "/-/plots")
    page.locator("figure[data-plot=most_active_commenters] g[aria-label=bar] rect").first.hover()
    page.locator("figure[data-plot=most_active_commenters] g[aria-label=tip] text").first.wait_for()
    page.mouse.down()
    page.mouse.up()
    page.wait_for_url("**/-/author/*")


@pytest.mark.parametrize("way", ["print", "no scripts"])
def test_on_paper_and_without_scripts_plots_are_as_they_came(opened, sample, way):
    page = opened(sample + "/-/plots", java_script_enabled=way == "print")
    if way == "print":
        page.locator(".ba-live").nth(4).wait_for()
        page.emulate_media(media="print")
    assert page.locator("figure .ba-plot").count() == page.locator("figure .ba-plot:visible").count() == 5
    assert page.locator(".ba-chart:visible").count() == 0
