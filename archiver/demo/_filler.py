"""Further posts and comments, made from `content/filler.toml` and a seeded random generator."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from archiver.demo._content import POST_ID_STEP, Content, Draft, read
from archiver.demo._markup import paragraphs, slugify
from archiver.demo.records import Author, Post

REPLY_SHARE = 0.3  # so that a thread of 72 has over 40 roots, and three pages of 20
DEEPEST = 7


def add_posts(content: Content, number: int, rng: Random) -> None:
    """`number` posts dated before the written ones, each with up to six comments."""
    words = read("filler.toml")
    date = min(post.published for post in content.posts)
    post_id = max(post.id for post in content.posts)
    taken = {post.slug for post in content.posts}
    accounts = [author for author in content.authors.values() if author.id > 1]
    for _ in range(number):
        date -= timedelta(hours=rng.randint(20, 90), minutes=rng.randrange(60), seconds=rng.randrange(60))
        post_id += POST_ID_STEP
        title = f"{rng.choice(words['subjects'])} {rng.choice(words['angles'])}"
        slug = unused(slugify(title), taken)
        author = rng.choice(accounts)
        categories = rng.sample([term for term in content.terms if term.taxonomy == "category"], rng.choice((1, 1, 2)))
        tags = rng.sample([term for term in content.terms if term.taxonomy == "post_tag"], rng.choice((0, 1, 2)))
        post = Post(
            id=post_id,
            title=title,
            slug=slug,
            parts=(paragraphs(body(rng, post_id)),),
            published=date,
            modified=date,
            account=author,
            bylines=(author,),
            terms=(*categories, *tags),
        )
        content.posts.append(post)
        content.drafts += comments(post, rng.randrange(7), 1, author, rng)
    content.posts.sort(key=lambda post: (post.published, post.id))


def unused(slug: str, taken: set[str]) -> str:
    """WordPress makes a slug its own by a number at its end."""
    found, number = slug, 1
    while found in taken:
        number += 1
        found = f"{slug}-{number}"
    taken.add(found)
    return found


def body(rng: Random, post_id: int) -> str:
    chosen = rng.sample(read("filler.toml")["paragraphs"], rng.randint(3, 6))
    if rng.random() < 0.4:
        chosen.append(f"Notes and figures: doi:10.5555/filler.{post_id}.{rng.randint(1, 99)}")
    return "\n\n".join(chosen)


def fill_thread(content: Content, total: int, rng: Random) -> None:
    """Bring the long thread to `total` approved comments."""
    post = next(post for post in content.posts if post.id == content.long_thread)
    written = [draft for draft in content.drafts if draft.post_id == post.id]
    first = max(int(draft.place.partition(".")[0]) for draft in written) + 1
    missing = total - sum(draft.status == "approved" for draft in written)
    content.drafts += comments(post, max(missing, 0), first, post.account, rng)


def comments(post: Post, number: int, first: int, host: Author, rng: Random) -> Iterator[Draft]:
    """`number` comments; new roots take their places from `first` on; `host` answers now and then."""
    date: datetime = post.published + timedelta(minutes=rng.randint(10, 300))
    places: list[str] = []
    replies: dict[str, int] = {}
    roots = first
    for _ in range(number):
        date += timedelta(minutes=rng.randint(3, 200), seconds=rng.randrange(60))
        above = rng.choice(places) if places and rng.random() < REPLY_SHARE else ""
        if above and above.count(".") < DEEPEST:
            replies[above] = replies.get(above, 0) + 1
            place = f"{above}.{replies[above]}"
        else:
            above, place, roots = "", str(roots), roots + 1
        places.append(place)
        yield remark(post, place, date, host if above and rng.random() < 0.4 else None, rng)


def remark(post: Post, place: str, date: datetime, account: Author | None, rng: Random) -> Draft:
    words = read("filler.toml")
    if account:
        return Draft(
            post_id=post.id,
            place=place,
            name=account.name,
            url=account.url,
            date=date,
            text=rng.choice(words["answers"]),
            account=account,
        )
    if "." in place:
        text = f"{rng.choice(words['replies'])} {rng.choice(words['middles'])}"
    else:
        text = f"{rng.choice(words['openings'])} {rng.choice(words['middles'])}\n\n{rng.choice(words['closings'])}"
    url = rng.choice(words["urls"]) if rng.random() < 0.15 else ""
    return Draft(post_id=post.id, place=place, name=rng.choice(words["names"]), url=url, date=date, text=text)
