"""来源: labelled, unlabelled, at the end, stated only for machines, or not there."""

import pytest

from crawler.extract.outlets import clean_source, medium_in
from tests.article_pages import article

DATE = "2022-11-13 22:24"


@pytest.mark.parametrize(
    ("meta", "source"),
    [
        (f"<p>{DATE} 来源：江城日报</p>", "江城日报"),
        (f"<p>来源:江城日报　时间：{DATE}　点击：12</p>", "江城日报"),
        (f"<p>{DATE} 稿源：江城晚报 编辑：王芳</p>", "江城晚报"),
        (f"<p>{DATE}|来自: 互联网</p>", "互联网"),
        (f"<p>[ {DATE} ] 【来源：江城日报】【作者：王小五】</p>", "江城日报"),
        (f"<p>来源：江城日报 / {DATE} / 作者：王小五</p>", "江城日报"),
        (f"<p>{DATE} 来源：[ 人民网 ]</p>", "人民网"),
        (f"<p>{DATE} 来源: 华夏时报(北京)</p>", "华夏时报"),
        (f"<p>{DATE} 来源: 鞭牛士 北京 举报</p>", "鞭牛士"),
        (f"<p>{DATE} 来源：江城日报 记者 王小五</p>", "江城日报"),
        (f"<p>{DATE} 来源：江城日报 江城新闻网</p>", "江城日报"),
        (f"<p>{DATE} 来源：市发改委、市交通局等</p>", "市发改委、市交通局等"),
        (f"<p>{DATE}</p><p>本文来源于江城商报</p>", "江城商报"),
        (f"<table><tr><td>来源：</td><td>江城日报</td><td>时间：</td><td>{DATE}</td></tr></table>", "江城日报"),
        (f"<div>江城日报 {DATE}</div>", "江城日报"),
        (f"<div>{DATE} <span>江城晚报</span> <span>我要评论(0)</span></div>", "江城晚报"),
        (f"<div><span>{DATE}:05</span><a>江城晚报</a><span>王小五</span></div>", "江城晚报"),
        (f"<div>http://www.example.cn {DATE} 《江城周刊》</div>", "《江城周刊》"),
        (f"<div>机器观察·{DATE}</div>", "机器观察"),
        (f"<div>江城发布</div><div>{DATE}</div>", "江城发布"),
        (f'<div class="nickname">夜行人</div><div>{DATE}</div>', "夜行人"),
        (f"<div>管大事</div><div>关注</div><div>{DATE}</div>", "管大事"),
        (f"<div>王小五/江城青年报</div><div>{DATE}</div>", "江城青年报"),
        (f"<div>新浪网 作者 江城在线 {DATE}</div>", "江城在线"),
        (f"<div>{DATE} 发布于 北京</div>", None),
        (f"<div>{DATE} 浏览 12 次 打印 关闭</div>", None),
        (f"<div>{DATE} 本地要闻</div>", None),
        (f"<div>{DATE} 听新闻 A+ A- 繁体</div>", None),
        (f"<div>{DATE} 星期日</div>", None),
        (f"<div>{DATE} 已有 12 人阅读</div>", None),
        (f"<div>第05版：民生 {DATE}</div>", None),
        (f"<div>{DATE} 来源：前天</div>", None),
        (f"<div>WWW.EXAMPLE.CN {DATE}</div>", None),
        (f"<div>{DATE} 来源：</div>", None),
        (f"<div>{DATE} 来源：王小五</div>", None),
    ],
)
def test_beside_the_headline(meta, source):
    assert article(meta).source == source


@pytest.mark.parametrize(
    ("meta", "end", "source"),
    [
        (f"<p>{DATE}</p>", "<p>来源：江城发布</p>", "江城发布"),
        (f"<p>{DATE}</p>", "<p>（来源：江城晚报 记者 王小五）</p>", "江城晚报"),
        (f"<p>{DATE}</p>", "<p>转自《江城科技报》</p>", "《江城科技报》"),
        (f"<p>{DATE} 来源：网络</p>", "<p>来源：江城晚报</p>", "江城晚报"),
        (f"<p>{DATE} 来源：网络</p>", "", "网络"),
        (f"<p>{DATE} 江城新闻网</p>", "<p>文章来源：江城晚报</p>", "江城晚报"),
        (f"<p>{DATE} 来源：江城日报</p>", "<p>文章来源：江城晚报</p>", "江城日报"),
        (f"<p>{DATE}</p>", "<p>图片来源：视觉图库</p>", None),
        (f"<p>{DATE}</p>", "<p>凡本网注明“来源：江城网”的作品，转载请注明出处。</p>", None),
        (f"<p>{DATE}</p>", "<p>转载请注明来源：江城网</p>", None),
    ],
)
def test_which_of_several(meta, end, source):
    assert article(meta, end=end).source == source


@pytest.mark.parametrize(
    "extra",
    [
        '<meta name="ContentSource" content="江城日报">',
        '<meta name="source" content="来源：江城日报">',
        '<meta name="mediaid" content="江城日报">',
    ],
)
def test_a_stated_source_where_none_is_printed(extra):
    found = article(f"<p>{DATE}</p>", extra=extra)
    assert found.source == "江城日报"
    assert found.evidence["source"].rule.startswith("meta")
    assert article(f"<p>{DATE} 来源：江城晚报</p>", extra=extra).source == "江城晚报"


def test_evidence_says_where():
    evidence = article().evidence["source"]
    assert (evidence.rule, evidence.text) == ("label beside the headline", "2022-11-13 22:24 来源：江城日报")


@pytest.mark.parametrize(
    ("value", "clean"),
    [
        ("江城日报 2022-11-13", "江城日报"),
        ("游民星空[整理]", "游民星空[整理]"),
        ("（江城日报）", "江城日报"),
        (" ", None),
        ("2022-11-13", None),
        ("字" * 60, None),
    ],
)
def test_clean_source(value, clean):
    assert clean_source(value) == clean


@pytest.mark.parametrize(
    "text", ["", "12", "打印", "责任编辑", "江政发\u30142022\u30151号", "市民说，公交方便多了。", "王小五"]
)
def test_no_medium(text):
    assert medium_in(text) is None
