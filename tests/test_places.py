"""Province and city are read where they are certain, and a parcel's region from the two."""

from __future__ import annotations

import pytest

from recon.places import PROVINCES, place, region

REMOTE = ("新疆", "西藏")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("广东,深圳市,龙岗区", "广东 深圳"),
        ("深圳市", "广东 深圳"),
        ("深圳", "广东 深圳"),
        ("浙江省杭州市西湖区文三路1号3幢502室", "浙江 杭州"),
        ("浙江 杭州", "浙江 杭州"),
        ("中国,江苏省,苏州市", "江苏 苏州"),
        ("【杭州】已收件", "浙江 杭州"),
        ("杭州转运中心", "浙江 杭州"),
        ("广东省深圳市南山区公司", "广东 深圳"),
        ("上海市浦东新区", "上海 上海"),
        ("重庆", "重庆 重庆"),
        ("内蒙古自治区", "内蒙古"),
        ("广西壮族自治区南宁市", "广西 南宁"),
        ("新疆维吾尔自治区,巴音郭楞蒙古自治州", "新疆 巴音郭楞"),
        ("延边朝鲜族自治州", "吉林 延边"),
        ("吉林省吉林市", "吉林 吉林"),
        ("吉林市", "吉林 吉林"),
        ("海南省海口市", "海南 海口"),
        ("青海省海南藏族自治州", "青海 海南"),
        ("香港特别行政区", "香港 香港"),
        ("朝阳市", "辽宁 朝阳"),
        ("辽宁省朝阳市", "辽宁 朝阳"),
    ],
)
def test_a_place_that_is_certain_is_read(text, expected):
    assert place(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "朝阳区建国路",
        "中山路10号",
        "鼓楼区",
        "您的快件已签收",
        "Berlin",
        "河东区",
        "丰巢智能柜",
        "朝阳转运中心",
        "东方公司",
    ],
)
def test_a_place_that_is_not_certain_is_blank(text):
    assert place(text) == ""


def test_a_place_is_its_own_place():
    for text in ("浙江 杭州", "上海 上海", "内蒙古", "吉林 吉林"):
        assert place(place(text)) == text


def test_there_are_thirty_four_provinces():
    assert len(PROVINCES) == 34


@pytest.mark.parametrize(
    ("sent_from", "sent_to", "expected"),
    [
        ("浙江 杭州", "浙江 杭州", "same_city"),
        ("上海 上海", "上海 上海", "same_city"),
        ("浙江 杭州", "广东 深圳", "cross_province"),
        ("浙江 杭州", "广东", "cross_province"),
        ("浙江 杭州", "新疆 喀什", "remote"),
        ("新疆 乌鲁木齐", "新疆 喀什", "remote"),
        ("新疆 喀什", "新疆 喀什", "same_city"),
        ("浙江 杭州", "浙江 宁波", ""),
        ("浙江", "浙江", ""),
        ("新疆", "新疆 喀什", ""),
        ("", "新疆 喀什", ""),
        ("浙江 杭州", "", ""),
    ],
)
def test_a_region_follows_from_two_places_or_is_not_told(sent_from, sent_to, expected):
    assert region(sent_from, sent_to, REMOTE) == expected
