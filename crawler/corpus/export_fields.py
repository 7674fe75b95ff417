"""The fields of exported articles and what they mean, in the order in which files have them.

Identity, what was printed, the text, what surrounds it, where it came from.  All are fields of crawler.items.Article
but cluster, which the corpus knows.
"""

from __future__ import annotations

__all__ = ["FIELDS"]

#: Name → meaning; null, an empty list or an empty text mean that the page does not say.
FIELDS: dict[str, str] = {
    "url": "address from which it was fetched",
    "canonical_url": "identity of the story's address",
    "portal": "name of the portal",
    "section": "label of the section that led to it first",
    "kind": "article, gallery or video",
    "title": "headline as displayed",
    "subtitle": "副标题 or 引题",
    "published": "printed time, Chinese time; midnight where only a date is printed",
    "published_text": "that time as printed",
    "source": "来源 as printed: the medium that it was taken from, often the portal itself",
    "reporters": "names printed as 记者, 作者, 文",
    "correspondents": "names printed as 通讯员",
    "photographers": "names printed as 摄影, 图",
    "editors": "names printed as 编辑, 责任编辑",
    "breadcrumb": "the page's place in the portal: 首页, 资讯中心, 苏州资讯",
    "keywords": "the page's own keywords",
    "body": "the article's own text, one paragraph a line",
    "blocks": "the body in page order with its structure: kind, text, url",
    "images": "url and caption of each picture; the pictures are not included",
    "attachments": "url and name of each linked file; the files are not included",
    "page_number": "e-papers: number of the page (A03)",
    "page_name": "e-papers: name of the page (要闻)",
    "part_urls": "addresses of all parts of an article in several parts",
    "full_url": "address of an \u201call on one page\u201d version",
    "link_url": "address that the list page linked, where a redirect led on",
    "duplicate_of": "address of the article that the corpus had first with the same text, whether or not it is here",
    "cluster": "address of the representative of its reprint cluster, whether or not it is here; null: it is alone",
    "content_hash": "SHA-256 of the folded text; empty where there is no text, or where it was redacted",
    "template": "name of the learned template that gave the body; null: the generic extractor",
    "extractor": "release of the extractor that read it",
    "confidence": "0 to 1: how sure the extractor is of the body",
    "fetched_at": "when it was fetched, UTC",
    "evidence": "for each field the rule that gave it, how sure that is, and the text it read",
    "cuts": "what stood inside the body and was left out, and why",
}
