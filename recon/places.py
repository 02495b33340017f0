"""Where a parcel came from and went to: province and city, read from what carriers and shops print, and never more.

    place("广东,深圳市,龙岗区")            "广东 深圳"        Kuaidi100's areaName
    place("深圳市")                        "广东 深圳"        SF's acceptAddress
    place("浙江省杭州市西湖区文三路1号")   "浙江 杭州"        an address; street and number are left out
    place("杭州转运中心")                  "浙江 杭州"        a depot of a carrier
    place("内蒙古自治区")                  "内蒙古"           the province alone
    place("朝阳区")                        ""                 a district says nothing: Beijing and Liaoning have one

A city is one of the administrative level between province and district (地级行政区); the four municipalities are both
province and city; cities that a province rules directly (仙桃, 济源, 石河子 ...) and Hainan's counties are known too.
What is not recognised for certain is blank: a parcel without a place has no region, rather than a wrong one.

:func:`region` compares two places:

    same city                                   same_city
    to a remote province (the caller's list)    remote
    from one province to another                cross_province
    elsewhere in the province, or not known     ""

Source: names of the Ministry of Civil Affairs' list of administrative divisions (GB/T 2260, as of 2024).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Final

REGIONS: Final[dict[str, str]] = {
    "same_city": "same_city",
    "同城": "same_city",
    "cross_province": "cross_province",
    "跨省": "cross_province",
    "remote": "remote",
    "偏远": "remote",
}
"""Ways to write a region -> ``canon.shipment.region``."""
_CITIES: Final = {
    "北京": "北京",
    "天津": "天津",
    "河北": "石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水",
    "山西": "太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁",
    "内蒙古": "呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 兴安 锡林郭勒 阿拉善",
    "辽宁": "沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛",
    "吉林": "长春 吉林 四平 辽源 通化 白山 松原 白城 延边",
    "黑龙江": "哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化 大兴安岭",
    "上海": "上海",
    "江苏": "南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁",
    "浙江": "杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水",
    "安徽": "合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城",
    "福建": "福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德",
    "江西": "南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶",
    "山东": "济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽",
    "河南": "郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店 济源",
    "湖北": "武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施 仙桃 潜江 天门 神农架",
    "湖南": "长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西",
    "广东": "广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮",
    "广西": "南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左",
    "海南": "海口 三亚 三沙 儋州 五指山 文昌 琼海 万宁 东方 定安 屯昌 澄迈 临高 白沙 昌江 乐东 陵水 保亭 琼中",
    "重庆": "重庆",
    "四川": "成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 阿坝 甘孜 "
    "凉山",
    "贵州": "贵阳 六盘水 遵义 安顺 毕节 铜仁 黔西南 黔东南 黔南",
    "云南": "昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 楚雄 红河 文山 西双版纳 大理 德宏 怒江 迪庆",
    "西藏": "拉萨 日喀则 昌都 林芝 山南 那曲 阿里",
    "陕西": "西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛",
    "甘肃": "兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 临夏 甘南",
    "青海": "西宁 海东 海北 黄南 海南 果洛 玉树 海西",
    "宁夏": "银川 石嘴山 吴忠 固原 中卫",
    "新疆": "乌鲁木齐 克拉玛依 吐鲁番 哈密 昌吉 博尔塔拉 巴音郭楞 阿克苏 克孜勒苏 喀什 和田 伊犁 塔城 阿勒泰 "
    "石河子 阿拉尔 图木舒克 五家渠 北屯 铁门关 双河 可克达拉 昆玉 胡杨河 新星 白杨",
    "香港": "香港",
    "澳门": "澳门",
    "台湾": "台北 新北 桃园 台中 台南 高雄 基隆 新竹 嘉义",
}  # fmt: skip
PROVINCES: Final = tuple(_CITIES)
_HOMES: Final = tuple(
    sorted(
        ((city, province) for province, names in _CITIES.items() for city in names.split()),
        key=lambda pair: (-len(pair[0]), pair),
    )
)
_NAMESAKES: Final = Counter(city for city, _ in _HOMES)
_HOME: Final = {city: home for city, home in _HOMES if _NAMESAKES[city] == 1}
_PROVINCE_ENDS: Final = r"(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)?"
_NATIONS: Final = (
    r"(?:回族|藏族|彝族|苗族|壮族|土家族|布依族|侗族|哈尼族|傣族|白族|景颇族|傈僳族|朝鲜族|羌族|蒙古族?|蒙古|哈萨克|"
    r"柯尔克孜|黎族)"
)
# What follows the name of a city: its kind, the end, or what a carrier's depot is called. Not 区 or 县: a district of
# that name may lie anywhere.
_CITY_ENDS: Final = re.compile(
    rf"(?:市|地区|盟|林区|{_NATIONS}*(?:自治)?(?:州|县))|[,\s】]|$|(?=转运|分拨|集散|中转|营业|公司|网点|中心|仓)"
)
_COMMON: Final = frozenset({"朝阳", "东方", "新星", "双河", "白杨", "兴安", "白沙", "红河"})
"""Names that districts, streets and firms have too: without the province they count only with the city's kind (市)."""
_KIND: Final = re.compile(rf"市|地区|盟|{_NATIONS}*(?:自治)?(?:州|县)")
_JUNK: Final = re.compile(r"^[\s,，/\-·【\[]*(?:中国)?[\s,，/\-]*")


@lru_cache(maxsize=65_536)
def place(text: str) -> str:
    """Province and city named at the beginning of ``text``: ``浙江 杭州``, ``浙江``, or blank when neither is known."""
    rest = _JUNK.sub("", text.replace("，", ","))
    found = [*_province(rest)]
    if found:
        province, rest = found[0]
        rest = _JUNK.sub("", rest)
        cities = _CITIES[province].split()
        city = province if cities == [province] else next(_city(rest, province), "")
        return f"{province} {city}".strip()
    city = next(_city(rest), "")
    return f"{_HOME[city]} {city}" if city in _HOME else ""


def _province(text: str) -> Iterator[tuple[str, str]]:
    """Yield the province that ``text`` begins with, and what follows it."""
    for name in PROVINCES:
        if text.startswith(name):
            after = text[len(name) :]
            if name in ("吉林", "海南") and after.startswith(("市", "州", "藏族")):  # a city of the same name
                continue
            cut = re.match(_PROVINCE_ENDS, after)
            yield name, after[cut.end() :] if cut else after


def _city(text: str, province: str = "") -> Iterator[str]:
    """Yield the city that ``text`` begins with, of ``province`` when that is known; the longest name first."""
    for city, home in _HOMES:
        ends = _CITY_ENDS if province or city not in _COMMON else _KIND
        if text.startswith(city) and province in ("", home) and ends.match(text, len(city)):
            yield city


def region(sent_from: str, sent_to: str, remote: Collection[str]) -> str:
    """Region of a parcel between two places (as :func:`place` gives them); blank when they do not tell.

    ``remote`` holds the names of provinces (``新疆``).
    """
    if not sent_from or not sent_to:
        return ""
    if sent_from == sent_to and " " in sent_to:
        return "same_city"
    origin, destination = sent_from.partition(" ")[0], sent_to.partition(" ")[0]
    if destination in remote and (origin != destination or (" " in sent_from and " " in sent_to)):
        return "remote"
    return "cross_province" if origin != destination else ""
