"""Search in the corpus: what is found, in which order and shown how, and that the index follows every change."""

from __future__ import annotations

import datetime as dt
import random
import re
import sqlite3
import unicodedata
from pathlib import Path

import pytest
from sqlite_utils import Database

from crawler.corpus import Corpus, Excerpt, Selection
from crawler.corpus.bigrams import CHINESE
from crawler.corpus.folding import fold
from crawler.corpus.schema import MIGRATIONS, SEARCH_VERSION
from crawler.demo import DemoPortal
from crawler.errors import CorpusError, CorpusForeign, UsageError
from crawler.items import CST
from tests.corpus_kit import PORTAL, address, article, downgrade, rows

STORIES = [
    {"title": "苏州地铁延伸", "body": "六号线向东延伸，长三角一体化示范区又近一步。", "source": "苏州日报"},
    {
        "title": "臺商在蘇州過節",
        "body": "臺商說：GDP增長３.5％，後年還來。",
        "reporters": ["陆一鸣"],
    },
    {"title": "5G网络进社区", "body": "社区建了5G基站；长三角，一体化。", "portal": "wuxi", "section": "科技"},
    {
        "title": "天气",
        "body": "苏，州。江苏多云，ＡＩ预报，iPhone 15 可看。",
        "published": None,
        "subtitle": "副题说苏州",
    },
]


@pytest.fixture
def corpus(place):
    with Corpus.open(place) as corpus:
        corpus.store([article(n, **story) for n, story in enumerate(STORIES)])
        yield corpus


def found(corpus, words, **filters):
    """Numbers of the articles, best first."""
    hits = corpus.search(Selection(words, **filters)).hits
    return [int(re.search(r"(\d+)\.html", hit.url)[1]) for hit in hits]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("苏州", {0, 1, 3}),
        ("蘇州", {0, 1, 3}),
        ("title:苏州 地铁", {0}),
        ("苏", {0, 1, 3}),
        ("长三角 一体化", {0, 2}),
        ("长三角一体化", {0}),
        ('"长三角，一体化"', {2}),
        ("台商", {1}),
        ("gdp", {1}),
        ("GDP增长3.5", {1}),
        ("5g", {2}),
        ("5G网络", {2}),
        ("5G基", {2}),
        ("G网络", set()),
        ("AI", {3}),
        ("iphone*", {3}),
        ("ipho", set()),
        ("ipho*", {3}),
        ('"iPhone 15"', {3}),
        ("苏州 NOT 地铁", {1, 3}),
        ("地铁 OR 网络", {0, 2}),
        ("(地铁 OR 网络) -六号线", {2}),
        ("source:苏州", {0}),
        ("记者:陆一鸣", {1}),
        ("section:科技", {2}),
        ("portal:wuxi", {2}),
        ("日报", set()),
        ("南京", set()),
    ],
)
def test_finds(corpus, words, numbers):
    assert set(found(corpus, words)) == numbers


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ({"portal": PORTAL}, {0, 1, 3}),
        ({"source": "日报"}, {0}),
        ({"section": "科技"}, {2}),
        ({"since": dt.datetime(2022, 11, 13, 22, 1, tzinfo=CST)}, {1, 2}),
        ({"until": dt.datetime(2022, 11, 13, 22, 1, tzinfo=CST)}, {0}),
    ],
)
def test_filters(corpus, filters, numbers):
    assert set(found(corpus, "苏 OR 社区", **filters)) == numbers
    assert corpus.count(Selection("苏 OR 社区", **filters)) == len(numbers)
    assert {a.url for a in corpus.select(Selection("苏 OR 社区", **filters))} == {address(n) for n in numbers}
    assert {a.url for a in corpus.select(Selection(**filters))} == {address(n) for n in numbers}


def test_any_section_that_showed_it_counts(corpus):
    rows(
        corpus, "INSERT INTO sections (id, portal, key, label, url, found_at) VALUES (7, 'suzhou', 'k', '民生', '', '')"
    )
    rows(corpus, "INSERT INTO article_sections VALUES (1, 7, '', 0)")
    assert found(corpus, "苏州", section="民生") == [0]


def test_identical_texts_can_be_left_out(corpus):
    corpus.store([article(10), article(11, body=article(10).body)])
    assert set(found(corpus, "平江路")) == {10, 11}
    assert found(corpus, "平江路", dedupe="exact") == [10]


def test_one_of_a_cluster_is_found(corpus):
    """The representative where the words and filters meet it, else the earliest; the total agrees."""
    corpus.store([article(n, portal="jia" if n == 10 else "yi") for n in (10, 12, 11)])
    ids = {n: corpus.find(address(n)).id for n in (10, 11, 12)}
    for number in ids.values():
        rows(corpus, "INSERT INTO clusters VALUES (?, ?)", number, ids[10])
    assert set(found(corpus, "平江路", dedupe="exact")) == {10, 11, 12}
    assert found(corpus, "平江路", dedupe="near") == [10]
    assert found(corpus, "平江路", dedupe="near", portal="yi") == [11]
    answer = corpus.search(Selection("平江路 OR 苏", dedupe="near"), 1)
    assert (len(answer.hits), answer.total) == (1, corpus.count(Selection("苏 OR 平江路", dedupe="near")))
    assert corpus.count(Selection("平江路", dedupe="near")) == 1
    best, only = corpus.search(Selection("平江路")).hits, corpus.search(Selection("平江路", dedupe="near")).hits
    assert only[0] in best


def test_headlines_rank_first(corpus):
    corpus.store([article(20, title="甲", body="苏州河边。" * 5), article(21, title="苏州河", body="河边。" * 5)])
    assert found(corpus, "苏州河")[0] == 21


def test_limit_and_total(corpus):
    answer = corpus.search(Selection("苏州"), 2)
    assert (len(answer.hits), answer.total) == (2, 3)


# --- Excerpts --------------------------------------------------------------------------------------------------------


def marked(excerpt: Excerpt) -> str:
    for start, end in reversed(excerpt.marks):
        excerpt = Excerpt(f"{excerpt.text[:start]}[{excerpt.text[start:end]}]{excerpt.text[end:]}")
    return excerpt.text


def test_marks_stand_in_the_real_text(corpus):
    hit = corpus.search(Selection("苏州 gdp增长3.5 后年")).hits[0]
    assert marked(hit.title) == "臺商在[蘇州]過節"
    assert marked(hit.passage) == "臺商說：[GDP增長３.5]％，[後年]還來。"


def test_marks_keep_to_their_field(corpus):
    (hit,) = corpus.search(Selection("title:苏州 长三角")).hits
    assert marked(hit.title) == "[苏州]地铁延伸"
    assert marked(hit.passage) == "六号线向东延伸，[长三角]一体化示范区又近一步。"


def test_the_passage_shows_most_words(corpus):
    corpus.store(
        [article(30, body="城门开。" + "闲话不提。" * 40 + "城门外，码头边，灯会\n开了。" + "又是闲话。" * 40)]
    )
    (hit,) = corpus.search(Selection("城门 码头 灯会")).hits
    assert marked(hit.passage).startswith("…")
    assert marked(hit.passage).endswith("…")
    assert "[城门]外，[码头]边，[灯会] 开了" in marked(hit.passage)


def test_expanding_characters_do_not_move_marks(corpus):
    corpus.store([article(31, body="面积一百㎡…门前有桂花树。")])
    (hit,) = corpus.search(Selection("桂花")).hits
    assert marked(hit.passage) == "面积一百㎡…门前有[桂花]树。"


# --- The index follows -----------------------------------------------------------------------------------------------


def entries(corpus):
    return rows(corpus, "SELECT count(*) FROM articles_fts_docsize")[0][0]


def check(corpus):
    """What the index holds is exactly what a new one would: the terms with their counts."""
    if corpus._connection.engine == "sqlite":
        rows(corpus, "CREATE VIRTUAL TABLE temp.terms USING fts5vocab('main', 'articles_fts', 'col')")
        terms, delete = "SELECT * FROM temp.terms", "INSERT INTO articles_fts (articles_fts) VALUES ('delete-all')"
    else:
        terms, delete = "SELECT * FROM articles_fts ORDER BY article_id, part", "DELETE FROM articles_fts"
    kept = rows(corpus, terms)
    assert kept
    rows(corpus, delete)
    with corpus._connection.writing() as db:
        from crawler.corpus.search import fill

        fill(db)
    assert kept == rows(corpus, terms)


def test_an_edited_article_is_found_by_its_new_text(corpus):
    corpus.store([article(0, **STORIES[0] | {"title": "新标题在此", "body": "内容换成了别的事情。"})])
    assert found(corpus, "地铁") == []
    assert found(corpus, "换成") == [0]
    check(corpus)


def test_a_purged_article_leaves_no_trace(corpus):
    secret = "鼷鼱龘靐齉"
    corpus.store([article(40, body=f"这里有{secret}。")])
    assert found(corpus, secret) == [40]
    corpus.purge(address(40), "why")
    assert found(corpus, secret) == []
    if corpus._connection.engine == "postgresql":
        assert rows(corpus, "SELECT * FROM articles_fts WHERE tokens::text LIKE '%鼷%'") == []
        return
    rows(corpus, "CREATE VIRTUAL TABLE temp.v USING fts5vocab('main', 'articles_fts', 'row')")
    assert rows(corpus, "SELECT * FROM temp.v WHERE term LIKE '%鼷%' OR term LIKE '%齉%'") == []
    corpus.close()
    content = Path(corpus.address).read_bytes()
    # Terms are stored after what they share with the one before: the second characters stand as they are.
    assert [c for c in secret if c.encode() in content] == []


def test_a_refused_batch_leaves_the_index_alone(corpus):
    before = entries(corpus)
    with pytest.raises(AttributeError):
        corpus.store([article(50), None])
    assert entries(corpus) == before
    assert found(corpus, "第50条") == []


def test_an_older_corpus_gets_its_index(tmp_path, monkeypatch, capsys):
    from crawler.corpus import search

    path = tmp_path / "corpus.db"
    with Corpus.open(path) as corpus:
        corpus.store([article(n, **story) for n, story in enumerate(STORIES)])
        corpus.store([article(n) for n in range(10, 20)])
    downgrade(path, SEARCH_VERSION - 1)
    monkeypatch.setattr(search, "_EVERY", 0)
    monkeypatch.setattr(search, "_SLICE", 5)
    with Corpus.open(path) as corpus:
        assert set(found(corpus, "苏州")) == {0, 1, 3}
        check(corpus)
    assert "building the search index, once: 14 of 14 articles" in capsys.readouterr().err
    assert len(MIGRATIONS) >= SEARCH_VERSION


def test_other_programs_recognise_the_index(tmp_path):
    """By content=: Datasette and sqlite-utils look for it, and then find words of two characters by themselves."""
    Corpus.open(tmp_path / "corpus.db").close()
    assert Database(tmp_path / "corpus.db")["articles"].detect_fts() == "articles_fts"


# --- Against brute force ---------------------------------------------------------------------------------------------


def pieces(text):
    """A text without tokens: its characters and words one after the other, and "|" where two Chinese ones are apart.

    Ends of words stand for themselves, since a word is a piece; punctuation beside one separates nothing.
    """
    found, chinese, apart = [], False, False
    for piece in re.findall(rf"[{CHINESE}]|[^\W_{CHINESE}]+|[\W_]+", fold(text)):
        if re.fullmatch(r"[\W_]+", piece):
            apart = True
            continue
        before, chinese = chinese, bool(re.match(f"[{CHINESE}]", piece))
        found += ["|", piece] if found and before and chinese and apart else [piece]
        apart = False
    return found


def contains(where, what):
    return any(where[n : n + len(what)] == what for n in range(len(where) - len(what) + 1))


def random_query(rng, texts):
    """A piece of some text, from any place: words cut in the middle of Chinese, across punctuation, of any length."""
    text = rng.choice(texts)
    start = rng.randrange(len(text))
    piece = text[start : start + rng.choice((1, 2, 2, 2, 3, 4, 6, 10))].replace('"', " ").strip()
    return re.sub(r"[“”„\n]", " ", piece)


def test_equals_brute_force(place):
    """Any piece of any text finds what a scan of all texts finds."""
    rng = random.Random(6)
    stories = list(DemoPortal("seed", seed=6, size=60).truth())
    texts = [f"{s.title}\n{s.body}" for s in stories]
    scanned = [[pieces(s.title), pieces(s.body)] for s in stories]
    with Corpus.open(place) as corpus:
        corpus.store([article(n, title=s.title, body=s.body) for n, s in enumerate(stories)])
        asked = 0
        while asked < 500:
            piece = random_query(rng, texts)
            if not any(unicodedata.category(c)[0] in "LN" for c in piece):
                continue
            asked += 1
            what = pieces(piece)
            expected = {n for n, parts in enumerate(scanned) if any(contains(part, what) for part in parts)}
            answer = {int(re.search(r"(\d+)\.html", a.url)[1]) for a in corpus.select(Selection(f'"{piece}"'))}
            assert answer == expected, piece


# --- Bad input -------------------------------------------------------------------------------------------------------


def test_a_wrong_query_is_named(corpus):
    for ask in (corpus.search, corpus.count, lambda wanted: next(corpus.select(wanted))):
        with pytest.raises(UsageError, match="character 1"):
            ask(Selection("(苏州"))


def test_an_empty_corpus(place):
    with Corpus.open(place) as corpus:
        assert corpus.search(Selection("苏州")).total == 0


def test_a_damaged_index_is_said(tmp_path):
    corpus = Corpus.open(tmp_path / "corpus.db")
    corpus.store([article(1), article(2)])
    rows(corpus, "UPDATE articles_fts_data SET block = x'00' WHERE id > 10")
    with pytest.raises(CorpusError, match="damaged"):
        corpus.search(Selection("苏州"))


def test_a_file_of_another_program(tmp_path):
    path = Path(tmp_path, "other.db")
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE t (x)")
    db.close()
    with pytest.raises(CorpusForeign):
        Corpus.open(path, readonly=True)


def test_fold_agrees_with_opencc():
    """Every character that OpenCC simplifies by itself is equal to its simplified form."""
    converter = pytest.importorskip("opencc").OpenCC("t2s")
    characters = [chr(n) for n in (*range(0x3400, 0xA000), *range(0x20000, 0x2A6E0))]
    simplified = converter.convert("\n".join(characters)).split("\n")
    assert [(a, b) for a, b in zip(characters, simplified, strict=True) if fold(a) != fold(b)] == []


def test_accents_may_stand_behind_their_letters():
    assert fold("Cafe\u0301 か\u3099") == fold("CAFÉ が") == "café が"


PIECES = (
    "苏",
    "苏州",
    '"',
    "“",
    "”",
    "(",
    "（",
    ")",
    " ",
    "OR",
    "NOT",
    "-",
    "title:",
    "*",
    "a",
    "\0",
    "'",
    "^",
    "{",
    "+",
    "。",
)


def answer(corpus, query):
    """What is said of a query: nothing where it is answered."""
    try:
        corpus.search(Selection(query), 1)
    except UsageError as error:
        return str(error)
    return ""


def test_any_query_is_answered_or_refused_in_one_line(corpus):
    rng = random.Random(1)
    said = [answer(corpus, "".join(rng.choices(PIECES, k=rng.randint(1, 8)))) for _ in range(600)]
    assert [line for line in said if "\n" in line] == []
    assert 100 < said.count("") < 500
