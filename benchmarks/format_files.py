"""Large files of one format each, for ``format_speed.py``: real layouts, invented values, as many rows as wanted.

Every file agrees with itself (footers, balances, sections), so that a reader has to do all its checks and has nothing
to reject. Values vary from row to row as they do in a bill: numbers, times within a month, amounts, some dozen texts.
Formats that banks issue as workbooks (CMBC, CIB) are written as the same table in text, which their readers take too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

import polars as pl

Cell: TypeAlias = pl.Expr | str
Lines: TypeAlias = Callable[[pl.DataFrame], str]

ACCOUNT: Final = "20880312345678900156"
WOODS: Final = ("云杉", "胡桃木", "榉木", "竹")
GOODS: Final = tuple(f"{wood}{thing}" for wood in WOODS for thing in ("台灯", "椅子", "书桌", "衣架", "花盆"))
DASHES: Final = "-" * 41


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One file of a format: a header and a record a row, with what stands above and below."""

    source: str
    names: str = ""
    """Header line, as printed but for quotes."""
    cells: Mapping[str, Cell] = field(default_factory=dict)
    """What stands in the columns; the others are blank."""
    above: Lines = lambda _: ""
    below: Lines = lambda _: ""
    joint: str = ","
    """What stands between cells, and (without the comma) before the first."""
    quoted: bool = False
    encoding: str = "utf-8"
    end: str = "\n"
    whole: Callable[[pl.DataFrame], str] | None = None
    """Text of a file that is no such table."""
    skip: int = 1
    """Lines above the records."""
    quote: str = ""
    """What a bare reader is told cells are quoted with."""

    @property
    def columns(self) -> int:
        """Cells of a record; 0: lines of fixed width, or no lines at all."""
        return self.names.count(",") + 1 if self.names else 0

    def write(self, path: Path, count: int) -> None:
        """Write the file with ``count`` records."""
        rows = _base(count)
        text = self.whole(rows) if self.whole else self._table(rows)
        path.write_bytes(text.replace("\n", self.end).encode(self.encoding))

    def _table(self, rows: pl.DataFrame) -> str:
        names = self.names.split(",")
        assert set(self.cells) <= set(names), set(self.cells) - set(names)  # noqa: S101 - a misspelt column
        cells = [self._cell(self.cells.get(name, "")) for name in names]
        first = pl.lit(self.joint[1:]) + cells[0]
        header = '"' + self.names.replace(",", '","') + '"' if self.quoted else self.names
        return f"{self.above(rows)}{header}\n{_body(rows, first, *cells[1:], joint=self.joint)}{self.below(rows)}"

    def _cell(self, cell: Cell) -> pl.Expr:
        shown = pl.lit(cell) if isinstance(cell, str) else cell
        return pl.concat_str(pl.lit('"'), shown, pl.lit('"')) if self.quoted and cell is not GUARDED else shown


def _base(count: int) -> pl.DataFrame:
    """Row numbers and what follows from them: amount, fee and running balance in fen, moment, goods."""
    row = pl.int_range(count, dtype=pl.Int64, eager=True).alias("row").to_frame()
    goods = (pl.col("row") % len(GOODS)).replace_strict(dict(enumerate(GOODS)), return_dtype=pl.String)
    return row.with_columns(
        (100 + pl.col("row") * 7_919 % 499_900).alias("amount"),
        (pl.datetime(2026, 2, 1) + pl.duration(seconds=pl.col("row") * 2_419_000 // count)).alias("moment"),
        goods.alias("goods"),
    ).with_columns((pl.col("amount") * 6 // 1000).alias("fee"), pl.col("amount").cum_sum().alias("balance"))


def _number(prefix: str, width: int) -> pl.Expr:
    return pl.lit(prefix) + pl.col("row").cast(pl.String).str.zfill(width)


def _yuan(column: str) -> pl.Expr:
    fen = pl.col(column)
    return (fen // 100).cast(pl.String) + "." + (fen % 100).cast(pl.String).str.zfill(2)


def _time(form: str = "%Y-%m-%d %H:%M:%S") -> pl.Expr:
    return pl.col("moment").dt.strftime(form)


def _body(rows: pl.DataFrame, *cells: Cell, joint: str = ",") -> str:
    parts = [pl.lit(cell) if isinstance(cell, str) else cell for cell in cells]
    lines = rows.select(pl.concat_str(parts, separator=joint).alias("line"))["line"]
    return f"{lines.str.join(chr(10)).item()}\n"


def _sum(rows: pl.DataFrame, column: str = "amount") -> str:
    return _shown(int(rows[column].sum()))


def _shown(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"


GUARDED: Final = pl.concat_str(pl.lit('="'), _number("35153100000", 8), pl.lit('"'))
AMOUNT: Final = _yuan("amount")
TIME: Final = _time()
DAY: Final = _time("%Y%m%d")
GOOD: Final = pl.col("goods")
TRADE: Final = _number("20260203220014588605", 8)
ORDER: Final = _number("YS20260203", 8)
ALIPAY: Final = "支付宝（中国）网络技术有限公司"


# ------------------------------------------------------------------------------------------------ payment channels


def _alipay_head(family: str) -> Lines:
    period = "#起始日期：[2026年02月01日 00:00:00]   终止日期：[2026年03月01日 00:00:00]"
    head = f"#支付宝{family}查询\n#账号：[{ACCOUNT}]\n{period}\n#{DASHES}{family}列表{DASHES}\n"
    return lambda _: head


def _alipay_trade_foot(rows: pl.DataFrame) -> str:
    return (
        f"#{DASHES}业务明细列表结束{DASHES}\n#交易合计：{rows.height}笔，商家实收共{_sum(rows)}元，商家优惠共0.00元\n"
        "#退款合计：0笔，商家实收退款共0.00元，商家优惠退款共0.00元\n#导出时间：[2026年03月01日 09:46:49]\n"
    )


def _alipay_account_foot(rows: pl.DataFrame) -> str:
    sums = f"#支出合计：0笔，共0.00元\n#收入合计：{rows.height}笔，共{_sum(rows)}元\n"
    return f"#{DASHES}账务明细列表结束{DASHES}\n{sums}#导出时间：[2026年03月01日 09:46:49]\n"


def _wechat_foot(rows: pl.DataFrame) -> str:
    sums = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
    total, fees = _sum(rows), _sum(rows, "fee")
    return f"{sums}\n`{rows.height},`{total},`0.00,`0.00,`{fees}000,`{total},`0.00\n"


ALIPAY_TRADE: Final = Format(
    source="alipay_trade",
    names="支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,"
    "订单金额（元）,"
    "商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,"
    "商家红包消费金额（元）,"
    "卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注",
    cells={
        "支付宝交易号": TRADE + "\t", "商户订单号": ORDER + "\t", "业务类型": "交易\t", "商品名称": GOOD,
        "创建时间": TIME,
        "完成时间": TIME, "对方账户": _number("*云(156***", 4) + "@163.example)", "订单金额（元）": AMOUNT,
        "商家实收（元）": AMOUNT, "支付宝红包（元）": "0.00", "集分宝（元）": "0.00", "支付宝优惠（元）": "0.00",
        "商家优惠（元）": "0.00", "券核销金额（元）": "0.00", "商家红包消费金额（元）": "0.00\t",
            "卡消费金额（元）": "0.00",
        "退款批次号/请求号": "\t", "服务费（元）": pl.lit("-") + _yuan("fee"), "分润（元）": "0.00",
    },
    above=_alipay_head("业务明细"), below=_alipay_trade_foot, skip=5, encoding="gb18030", end="\r\n",
)  # fmt: skip

ALIPAY_ACCOUNT: Final = Format(
    source="alipay_account",
    names="账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额（+元）,支出金额（-元）,账户余额（元）,"
    "交易渠道,业务类型,备注,"
    "业务描述,业务账单来源,业务基础订单号,业务订单号",
    cells={
        "账务流水号": _number("50000000", 8) + "\t", "业务流水号": TRADE + "\t", "商户订单号": ORDER + "\t",
        "商品名称": GOOD + "\t", "发生时间": TIME, "对方账号": "*云(156***@163.example)\t", "收入金额（+元）": AMOUNT,
        "支出金额（-元）": "0.00", "账户余额（元）": _yuan("balance"), "交易渠道": "支付宝", "业务类型": "交易付款",
        "业务描述": "0010001|交易收款-交易收款", "业务账单来源": "客户端", "业务基础订单号": "\t", "业务订单号": "\t",
    },
    above=_alipay_head("账务明细"), below=_alipay_account_foot, skip=5, encoding="gb18030", end="\r\n",
)  # fmt: skip

WECHAT_TRADE: Final = Format(
    source="wechat_trade",
    names="交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,"
    "货币种类,应结订单金额,"
    "代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,"
    "订单金额,"
    "申请退款金额,费率备注",
    cells={
        "交易时间": TIME, "公众账号ID": "wx00yunshan0000001", "商户号": "1900012345", "特约商户号": "0",
        "微信订单号": _number("42000026032026020", 11), "商户订单号": ORDER,
        "用户标识": _number("oYUNSHANinvented", 12),
        "交易类型": "JSAPI", "交易状态": "SUCCESS", "付款银行": "OTHERS", "货币种类": "CNY", "应结订单金额": AMOUNT,
        "代金券金额": "0.00", "微信退款单号": "0", "商户退款单号": "0", "退款金额": "0.00", "充值券退款金额": "0.00",
        "商品名称": GOOD, "手续费": _yuan("fee") + "000", "费率": "0.60%", "订单金额": AMOUNT, "申请退款金额": "0.00",
    },
    below=_wechat_foot, joint=",`", end="\r\n",
)  # fmt: skip

WECHAT_FUNDS: Final = Format(
    source="wechat_funds",
    names="记账时间,微信支付业务单号,资金流水单号,业务类型,收支金额(元),账户结余(元),资金变更提交申请人,业务凭证号,备注",
    cells={
        "记账时间": TIME, "微信支付业务单号": _number("42000026032026020", 11), "业务类型": "交易",
        "收支金额(元)": AMOUNT,
        "资金流水单号": _number("42000026032026020", 11), "账户结余(元)": _yuan("balance"), "业务凭证号": ORDER,
    },
    joint=",`", encoding="gb18030", end="\r\n",
)  # fmt: skip


def _unionpay(rows: pl.DataFrame) -> str:
    """ZM, 607 bytes a line: 42 fields of fixed width."""

    def fen(column: str, sign: str, width: int = 12) -> pl.Expr:
        return pl.lit(sign) + pl.col(column).cast(pl.String).str.zfill(width)

    kept = rows.with_columns(pl.col("moment").dt.replace(day=3), (pl.col("amount") - pl.col("fee")).alias("net"))
    trace, when = (pl.col("row") % 1_000_000).cast(pl.String).str.zfill(6), _time("%m%d%H%M%S")
    query = pl.lit("2026") + when + trace + (pl.col("row") // 1_000_000 % 10).cast(pl.String)
    return _body(
        kept, "S22", "48022901   ", "00040000   ", trace, when, "622280*********0000", fen("amount", ""), "4900", "07",
        query, "05", ORDER.str.pad_end(32), "01", " " * 6, " " * 10, fen("fee", "D"), fen("net", "C"), "0201", " " * 15,
        "01", "  ", "000201", "  ", "    ", " " * 32, " ", " " * 21, "898319849000018", " ", "0" * 15, " " * 32,
        " 000000000000", fen("net", "C"), "01080209", "test".ljust(32), " 000000000000", " 000000000000",
        " 00000000000", "  ", "7", " " * 32, " " * 98, joint=" ",
    )  # fmt: skip


UNIONPAY_ZM: Final = Format(source="unionpay_zm", whole=_unionpay, skip=0, end="\r\n")

PAYPAL_NAMES: Final = (
    "Transaction ID,Invoice ID,PayPal Reference ID,PayPal Reference ID Type,Transaction Event Code,"
    "Transaction Initiation Date,Transaction Completion Date,Transaction Debit or Credit,Gross Transaction Amount,"
    "Gross Transaction Currency,Fee Debit or Credit,Fee Amount,Fee Currency,Custom Field,Consumer ID,"
    "Payment Tracking ID,Store ID,Bank Reference ID,Credit Transactional Fee,Credit Promotional Fee,Credit Term"
)


def _paypal(rows: pl.DataFrame) -> str:
    """Settlement report of one day, version 9, one section in USD."""
    moment = pl.lit("2026/02/03 ") + _time("%H:%M:%S") + " +0800"
    quoted = pl.lit('"')
    body = _body(
        rows, '"SB"', quoted + _number("9AB", 14) + quoted, quoted + _number("P26020", 8) + quoted, '""', '""',
        '"T0006"', moment, moment, '"CR"', pl.col("amount").cast(pl.String), '"USD"', '"DR"',
        pl.col("fee").cast(pl.String), '"USD"', '""', '""', '""', '""', '""', "", "", '""',
    )  # fmt: skip
    gross, fees, count = int(rows["amount"].sum()), int(rows["fee"].sum()), rows.height
    balances = f'"CR",0,"CR",{gross - fees},"CR",0,"CR",{gross - fees},"CR",0,"CR",0'
    sums = f'"USD",{gross},0,0,{fees},{balances},{count}'
    names = PAYPAL_NAMES.replace(",", '","')
    return (
        '"RH",2026/02/04 02:05:05 +0800,"A","PPACCOUNT1",009,\n"FH",01\n'
        '"SH",2026/02/03 00:00:00 +0800,2026/02/03 23:59:59 +0800,"PPACCOUNT1",""\n'
        f'"CH","{names}"\n{body}"SF",{sums}\n"SC",{count}\n"RF",{sums}\n"RC",{count}\n"FF",{count}\n'
    )


PAYPAL_STL: Final = Format(
    source="paypal_stl", names=f"type,{PAYPAL_NAMES}", whole=_paypal, skip=4, quote='"', end="\r\n"
)


# ------------------------------------------------------------------------------------------------ orders

ORDERS: Final = Format(
    source="orders",
    names="record,order_no,sub_order_no,parent_order_no,trace_id,shop,channel,pay_no,channel_txn_no,refund_no,amount,"
    "currency,base_amount,fx_rate,status,created_at,occurred_at",
    cells={
        "record": "payment", "order_no": _number("ORD-", 9), "trace_id": _number("tr-", 8), "shop": "云杉优选",
        "channel": "alipay", "channel_txn_no": TRADE, "amount": AMOUNT, "currency": "CNY", "status": "success",
        "created_at": TIME, "occurred_at": TIME,
    },
)  # fmt: skip

TAOBAO: Final = Format(
    source="taobao",
    names="订单编号,买家会员名,买家支付宝账号,支付单号,支付详情,买家应付货款,买家应付邮费,买家支付积分,总金额,返点积分,"
    "买家实际支付金额,"
    "买家实际支付积分,订单状态,买家留言,收货人姓名,收货地址 ,运送方式,联系电话 ,联系手机,订单创建时间,订单付款时间 ,"
    "宝贝标题 ,宝贝种类 ,"
    "物流单号 ,物流公司,订单备注,宝贝总数量,店铺Id,店铺名称,订单关闭原因,卖家服务费,买家服务费,发票抬头,"
    "是否手机订单,分阶段订单信息,"
    "特权订金订单id,是否上传合同照片,是否上传小票,是否代付,定金排名,修改后的sku,修改后的收货地址,异常信息,"
    "天猫卡券抵扣,集分宝抵扣,"
    "是否是O2O交易,新零售交易类型,新零售导购门店名称,新零售导购门店id,新零售发货门店名称,新零售发货门店id,退款金额,"
    "预约门店,确认收货时间,"
    "打款商家金额,含应开票给个人的个人红包,是否信用购,体验期结束时间,前N有礼,配送类型,主订单编号",
    cells={
        "订单编号": GUARDED, "买家会员名": "示例买家", "支付单号": TRADE, "支付详情": "支付宝", "买家应付货款": AMOUNT,
        "买家应付邮费": "0.00", "买家支付积分": "0", "总金额": AMOUNT, "返点积分": "0", "买家实际支付金额": AMOUNT,
        "订单状态": "交易成功", "收货人姓名": "张示例", "收货地址 ": "浙江省 杭州市 西湖区 示例路1号(310000)",
        "运送方式": "快递", "联系手机": "'13800001234", "订单创建时间": TIME, "订单付款时间 ": TIME, "宝贝标题 ": GOOD,
        "宝贝种类 ": "1", "宝贝总数量": "1", "店铺Id": "0", "店铺名称": "云杉家居旗舰店", "订单关闭原因": "订单未关闭",
        "卖家服务费": "0", "买家服务费": "0元", "退款金额": "0.00", "确认收货时间": "2026-02-28 08:00:00",
        "打款商家金额": AMOUNT + "元",
    },
    quoted=True, quote='"', encoding="gb18030", end="\r\n",
)  # fmt: skip

JD: Final = Format(
    source="jd",
    names="订单号,商品ID,商品名称,订购数量,支付方式,下单时间,京东价,订单金额,结算金额,余额支付,应付金额,订单状态,订单类型,"
    "下单帐号,客户姓名,"
    "客户地址,联系电话,订单备注,发票类型,发票抬头,发票内容,商家备注,商家备注等级（等级1-5为由高到低）,运费金额,"
    "付款确认时间,增值税发票,货号,"
    "订单完成时间,订单来源,订单渠道",
    cells={
        "订单号": _number("2000", 8), "商品ID": "1000001", "商品名称": GOOD, "订购数量": "1", "支付方式": "在线支付",
        "下单时间": TIME, "京东价": AMOUNT, "订单金额": AMOUNT, "结算金额": AMOUNT, "余额支付": "0.00",
        "应付金额": AMOUNT,
        "订单状态": "完成", "订单类型": "销售订单", "下单帐号": "jd_example", "客户姓名": '"张示例"',
        "客户地址": '"浙江杭州市西湖区示例路1号"', "联系电话": '"13800001234"', "运费金额": "0.00",
        "付款确认时间": TIME,
        "订单来源": "移动端订单", "订单渠道": "暂无来源",
    },
    quote='"', encoding="gb18030", end="\r\n",
)  # fmt: skip

PINDUODUO: Final = Format(
    source="pinduoduo",
    names="订单成交时间,商品,订单号,订单状态,商品总价(元),邮费(元),店铺优惠折扣(元),平台优惠折扣(元),多多支付立减金额(元),"
    "用户实付金额(元),"
    "商家实收金额(元),商品数量(件),发货时间,确认收货时间,商品id,商品规格,样式ID,商家编码-规格维度,商家编码-商品维度,"
    "商家备注,售后状态,"
    "快递单号,快递公司",
    cells={
        "订单成交时间": TIME + "\t", "商品": GOOD + "\t", "订单号": _number("260203-0000000", 8) + "\t",
        "订单状态": "已签收\t", "商品总价(元)": AMOUNT + "\t", "邮费(元)": "0.00\t", "店铺优惠折扣(元)": "0.00\t",
        "平台优惠折扣(元)": "0.00\t", "多多支付立减金额(元)": "0.00\t", "用户实付金额(元)": AMOUNT + "\t",
        "商家实收金额(元)": AMOUNT + "\t", "商品数量(件)": "1\t", "商品id": "100001\t", "商品规格": "白色\t",
        "样式ID": "200001\t", "售后状态": "无售后或售后取消\t", "快递单号": _number("YT10002", 8) + "\t",
        "快递公司": "圆通快递\t",
    },
)  # fmt: skip

DOUYIN: Final = Format(
    source="douyin",
    names="主订单编号,子订单编号,选购商品,商品规格,商品数量,商家编码,订单应付金额,运费,收件人,收件人手机号,详细地址,"
    "订单提交时间,商家备注,"
    "订单完成时间,订单状态,售后状态,取消原因,发货时间,平台实际承担优惠金额,商家实际承担优惠金额,"
    "达人实际承担优惠金额,支付方式,支付完成时间",
    cells={
        "主订单编号": pl.concat_str(pl.lit('"\t'), _number("69100000000", 8), pl.lit('"')),
        "子订单编号": pl.concat_str(pl.lit('"\t'), _number("69200000000", 8), pl.lit('"')),
        "选购商品": pl.concat_str(pl.lit('"'), GOOD, pl.lit('"')), "商品规格": "-", "商品数量": "1", "商家编码": "CUP",
        "订单应付金额": AMOUNT, "运费": "0.00", "收件人": "##example##", "收件人手机号": "$$example$$",
        "详细地址": "##example##", "订单提交时间": TIME, "商家备注": "-", "订单完成时间": "-", "订单状态": "已发货",
        "售后状态": "-", "取消原因": "-", "发货时间": "-", "平台实际承担优惠金额": "0", "商家实际承担优惠金额": "0",
        "达人实际承担优惠金额": "0", "支付方式": "微信", "支付完成时间": TIME,
    },
    quote='"',
)  # fmt: skip

YOUZAN: Final = Format(
    source="youzan",
    names="订单号,外部订单号,订单商品状态,交易成功时间,商品名称,商品类型,商品类目,商品规格,规格编码,商品编码,商品单价,"
    "商品成本价,商品优惠方式,"
    "商品优惠后价格,商品数量,商品金额小计,店铺优惠（分摊）,商品实际成交金额,商品抵用积分数,商品留言,收货人/提货人,"
    "收货人手机号/提货人手机号,"
    "收货人省份,收货人城市,收货人地区,详细收货地址/提货地址,买家备注,商品发货状态,商品发货方式,商品发货物流公司,"
    "商品发货物流单号,发货员工,"
    "商品发货时间,商品退款状态,商品已退款金额,商家订单备注,周期购信息,买家付款时间",
    cells={
        "订单号": _number("E202602032359", 10), "订单商品状态": "已发货", "商品名称": GOOD, "商品类型": "实物商品",
        "商品编码": "CUP", "商品单价": AMOUNT, "商品优惠后价格": AMOUNT, "商品数量": "1", "商品金额小计": AMOUNT,
        "店铺优惠（分摊）": "0", "商品实际成交金额": AMOUNT, "商品抵用积分数": "0", "收货人/提货人": "张示例",
        "收货人手机号/提货人手机号": "13800001234", "收货人省份": "浙江省", "详细收货地址/提货地址": "示例路1号",
        "商品已退款金额": "0", "买家付款时间": TIME,
    },
    encoding="gb18030",
)  # fmt: skip

SHOPIFY: Final = Format(
    source="shopify",
    names="Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,"
    "Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,"
    "Lineitem price,Lineitem sku,Billing Name,Billing Address1,Billing City,Billing Zip,Billing Country,Notes,"
    "Cancelled at,Payment Method,Payment Reference,Refunded Amount,Vendor,Id,Tags,Risk Level,Source",
    cells={
        "Name": _number("#1", 8), "Email": "customer@example.com", "Financial Status": "paid",
        "Paid at": TIME + " +0800", "Fulfillment Status": "fulfilled", "Accepts Marketing": "no", "Currency": "USD",
        "Subtotal": AMOUNT, "Shipping": "0.00", "Taxes": "0.00", "Total": AMOUNT, "Created at": TIME + " +0800",
        "Lineitem quantity": "1", "Lineitem name": "Walnut cup", "Lineitem price": AMOUNT, "Billing Name": "A Example",
        "Billing Zip": "'2759", "Payment Method": "PayPal Express Checkout", "Payment Reference": _number("r", 10),
        "Refunded Amount": "0.00", "Vendor": "Spruce Home", "Id": _number("1208839900", 8),
    },
)  # fmt: skip


# ------------------------------------------------------------------------------------------------ banks


def _boc_head(rows: pl.DataFrame) -> str:
    return (
        "查询账号[ Inquirer account number ],200000000321\n"
        f"总笔数[ Total number ],{rows.height}\n借方发生总笔数[ Total Numbers of Debited Payments ],0\n"
        f"借方发生总额[ Total Debit Amount of Payments ],0.00\n"
        f"贷方发生总笔数[ Total Numbers of Credited Payments ],{rows.height}\n"
        f"贷方发生总额[ Total Credit Amount of Payments ],{_sum(rows)}\n查询时间范围[ Time Range ],20260201-20260228\n"
    )


def _cmb_head(rows: pl.DataFrame) -> str:
    return (
        "招商银行账务明细\n公司名称,云杉家居有限公司,银行帐号,755900000000123\n币种,人民币,开户行,招商银行杭州分行\n"
        f"查询日期,20260201--20260228\n借方笔数,0,借方总额,0.00\n贷方笔数,{rows.height},贷方总额,{_sum(rows)}\n"
    )


BANKS: Final = (
    Format(
        source="icbc",
        names="本方账号,对方账号,交易时间,借/贷,金额,凭证号,对方单位,对方行号,用途,摘要,附言,个性化信息", skip=3,
        cells={
            "本方账号": "12020000000000123", "对方账号": "215500690", "交易时间": TIME, "借/贷": "贷", "金额": AMOUNT,
            "对方单位": ALIPAY, "用途": "提现", "摘要": ORDER,
        },
        above=lambda _: "账户明细查询\n\n", encoding="gb18030", end="\r\n",
    ),
    Format(
        source="abc", encoding="gb18030", end="\r\n",
        names="交易日期,交易时间戳,收入金额,支出金额,本次余额,手续费总额,交易方式,交易行名,交易类别,对方省市,对方账号,"
        "对方户名,交易说明,"
        "交易摘要,交易附言",
        cells={
            "交易日期": _time("%Y-%m-%d"), "交易时间戳": TIME, "收入金额": AMOUNT, "支出金额": "0.00",
            "本次余额": _yuan("balance"), "手续费总额": "0.00", "对方省市": "浙江", "对方账号": "215500690",
            "对方户名": ALIPAY, "交易摘要": "提现", "交易附言": ORDER,
        },
    ),
    Format(
        source="boc", encoding="gb18030", end="\r\n", above=_boc_head, skip=8,
        names="交易类型[ Transaction Type ],业务类型[ Business type ],"
        "付款人开户行号[ Account holding bank number of payer ],"
        "付款人开户行名[ Payer account bank ],付款人账号[ Debit Account No. ],付款人名称[ Payer's Name ],"
        "收款人开户行行号[ Account holding bank number of beneficiary ],收款人开户行名[ Beneficiary account bank ],"
        "收款人账号[ Payee's Account Number ],收款人名称[ Payee's Name ],交易日期[ Transaction Date ],"
        "交易时间[ Transaction time ],交易货币[ Trade Currency ],交易金额[ Trade Amount ],"
        "交易后余额[ After-transaction balance ],起息日期[ Value Date ],汇率[ Exchange rate ],"
        "交易流水号[ Transaction reference number ],客户申请号[ Online Banking Transaction Ref.(Bank Ref.) ],"
        "摘要[ Reference ],用途[ Purpose ],交易附言[ Remark ],备注[ Remarks ]",
        cells={
            "交易类型[ Transaction Type ]": "来账\t", "业务类型[ Business type ]": "国际汇款\t",
            "付款人名称[ Payer's Name ]": "PAYPAL PTE LTD\t", "收款人账号[ Payee's Account Number ]": "200000000321\t",
            "收款人名称[ Payee's Name ]": "云杉家居有限公司\t", "交易日期[ Transaction Date ]": DAY + "\t",
            "交易时间[ Transaction time ]": _time("%H:%M:%S") + "\t", "交易货币[ Trade Currency ]": "USD\t",
            "交易金额[ Trade Amount ]": pl.lit("+") + AMOUNT + "\t",
            "交易后余额[ After-transaction balance ]": pl.lit("+") + _yuan("balance") + "\t",
            "起息日期[ Value Date ]": DAY + "\t", "汇率[ Exchange rate ]": "100.000000\t",
            "交易流水号[ Transaction reference number ]": _number("757", 9) + "\t",
            "交易附言[ Remark ]": pl.lit("PAYOUT ") + _number("1047", 8) + "\t", "备注[ Remarks ]": "\t",
        },
    ),
    Format(
        source="ccb", encoding="gb18030", end="\r\n",
        names="账号,账户名称,交易时间,借方发生额（支取）,贷方发生额（收入）,余额,币种,对方户名,对方账号,对方开户机构,"
        "记账日期,摘要,备注,"
        "账户明细编号-交易流水号,企业流水号,凭证种类,凭证号",
        cells={
            "账号": "11050000000000000123", "账户名称": "云杉家居有限公司", "交易时间": _time("%Y%m%d %H:%M:%S"),
            "借方发生额（支取）": "0.00", "贷方发生额（收入）": AMOUNT, "余额": _yuan("balance"), "币种": "人民币元",
            "对方户名": ALIPAY, "对方账号": "215500690", "对方开户机构": "网联清算有限公司", "记账日期": DAY,
            "摘要": "支付宝提现", "备注": GOOD, "账户明细编号-交易流水号": _number("1-2602", 12),
        },
    ),
    Format(
        source="cmb", encoding="gb18030", end="\r\n", above=_cmb_head, skip=7,
        names="交易日,交易时间,起息日,交易类型,借方金额,贷方金额,余额,摘要,流水号,流程实例号,业务名称,用途,业务参考号,"
        "业务摘要,其它摘要,"
        "收(付)方分行名,收(付)方名称,收（付）方账号,收(付)方开户行行号,收(付)方开户行名,收(付)方开户行地址,"
        "母/子公司帐号分行名,"
        "母/子公司帐号,母/子公司名称,信息标志,有否附件信息,冲帐标志,扩展摘要,交易分析码,票据号,商务支付订单号,"
        "内部编号,网银流水号,备用1,"
        "备用2,备用3",
        cells={
            "交易日": DAY, "交易时间": _time("%H%M%S"), "起息日": DAY, "交易类型": "汇入汇款", "贷方金额": AMOUNT,
            "余额": _yuan("balance"), "摘要": "提现", "流水号": _number("K2602", 8), "用途": ORDER,
            "业务参考号": _number("R", 8), "收(付)方名称": ALIPAY, "收（付）方账号": "215500690",
        },
    ),
    Format(
        source="bocom", end="\r\n",
        names="序号,交易日期,交易时间,交易类型,借贷,交易金额,余额,对方账号,对方户名,交易地点,摘要",
        cells={
            "序号": _number("", 1), "交易日期": _time("%Y-%m-%d"), "交易时间": _time("%H:%M:%S"),
            "交易类型": "网络转账",
            "借贷": "贷 Cr", "交易金额": AMOUNT, "余额": _yuan("balance"), "对方账号": "215500690", "对方户名": ALIPAY,
            "交易地点": "网络支付", "摘要": "提现",
        },
    ),
    Format(
        source="spdb", encoding="gb18030", end="\r\n", skip=6,
        names="交易日期,交易时间,凭证号,借方金额,贷方金额,余额,对方账号,对方户名,对方行名,交易流水号,摘要,交易附言",
        above=lambda rows: "账号,98000000000000123\n户名,云杉家居有限公司\n币种,人民币\n查询日期,20260201-20260228\n"
        f"总笔数,{rows.height}\n",
        cells={
            "交易日期": DAY, "交易时间": _time("%H%M%S"), "贷方金额": AMOUNT, "余额": _yuan("balance"),
            "对方账号": "215500690", "对方户名": ALIPAY, "对方行名": "网联清算有限公司", "摘要": "结算",
            "交易附言": "提现",
            "交易流水号": _number("F2602", 8),
        },
    ),
    Format(
        source="cmbc", encoding="gb18030", end="\r\n",
        names="交易日期,主机交易流水号,借方发生额,贷方发生额,账户余额,凭证号,摘要,对方账号,对方账号名称,对方开户行,"
        "交易时间",
        cells={
            "交易日期": DAY, "主机交易流水号": _number("313012026", 9), "贷方发生额": AMOUNT,
            "账户余额": _yuan("balance"), "摘要": "提现", "对方账号": "215500690", "对方账号名称": ALIPAY,
            "对方开户行": "网联清算有限公司", "交易时间": _time("%H%M%S"),
        },
    ),
    Format(
        source="pingan", encoding="gb18030", end="\r\n",
        names="交易日期,交易时间,账号,账户名称,币种,借,贷,账户余额,对方账户,对方账户名称,对方开户行,交易流水号,摘要,用途",
        cells={
            "交易日期": DAY, "交易时间": _time("%H:%M:%S"), "账号": "15000000000123", "账户名称": "云杉家居有限公司",
            "币种": "人民币", "贷": AMOUNT, "账户余额": _yuan("balance"), "对方账户名称": ALIPAY,
            "交易流水号": _number("P2602", 8), "摘要": "汇入", "用途": ORDER,
        },
    ),
    Format(
        source="cib", encoding="gb18030", end="\r\n",
        names="银行流水号,账号,户名,凭证代号,现/转,借方金额,贷方金额,账户余额,摘要,对方账号,对方户名,对方行号,用途,"
        "记账日期,交易时间,"
        "唯一流水编号",
        cells={
            "银行流水号": _number("B2602", 8), "账号": "35600000000123", "户名": "云杉家居有限公司", "现/转": "转",
            "贷方金额": AMOUNT, "账户余额": _yuan("balance"), "摘要": "汇款汇入", "对方账号": "215500690",
            "对方户名": ALIPAY, "用途": ORDER, "记账日期": _time("%Y-%m-%d"), "交易时间": TIME,
            "唯一流水编号": _number("U2602", 10),
        },
    ),
)  # fmt: skip


# ------------------------------------------------------------------------------------------------ vouchers

_VOUCHER: Final = (pl.col("row") // 2 + 1).cast(pl.String)
_FIRST: Final = pl.col("row") % 2 == 0
_BOOKED: Final = ((100 + pl.col("row") // 2 * 7_919 % 499_900) // 100).cast(pl.String) + ".00"
_DEBIT: Final = pl.when(_FIRST).then(_BOOKED).otherwise(pl.lit(""))
_CREDIT: Final = pl.when(_FIRST).then(pl.lit("")).otherwise(_BOOKED)
_LEDGER: Final = pl.when(_FIRST).then(pl.lit("1012.01")).otherwise(pl.lit("6001"))

VOUCHERS: Final = Format(
    source="vouchers",
    names="voucher_no,line_no,voucher_date,period,account_code,account_name,summary,debit,credit,currency,fc_amount,"
    "fx_rate,reference,channel",
    cells={
        "voucher_no": pl.lit("记-") + _VOUCHER, "line_no": (pl.col("row") % 2 + 1).cast(pl.String),
        "voucher_date": "2026-02-03", "period": "2026-02", "account_code": _LEDGER, "account_name": "其他货币资金",
        "summary": pl.lit("销售 ORD-") + _VOUCHER, "debit": _DEBIT, "credit": _CREDIT, "reference": ORDER,
    },
)  # fmt: skip


def _yonyou(rows: pl.DataFrame) -> str:
    """Voucher text of U8: a voucher is two lines."""
    cells = rows.with_columns(_DEBIT.alias("debit"), _CREDIT.alias("credit"))
    debit, credit = (
        pl.when(pl.col(side) == "").then(pl.lit("0.00")).otherwise(pl.col(side)) for side in ("debit", "credit")
    )
    body = _body(
        cells, "2026-02-03", "记", _VOUCHER, "0", pl.lit("销售 ORD-") + _VOUCHER, _LEDGER, debit, credit, "0", "0",
        "0", "张会计", "", "", "2026-02-03", "", "", "", "", "", "",
    )  # fmt: skip
    return f"填制凭证,V800\n{body}"


YONYOU: Final = Format(
    source="yonyou_u8", names=",".join("abcdefghijklmnopqrstu"), whole=_yonyou, encoding="gb18030", end="\r\n"
)

TABLES: Final = (
    ALIPAY_TRADE, ALIPAY_ACCOUNT, WECHAT_TRADE, WECHAT_FUNDS, UNIONPAY_ZM, PAYPAL_STL,
    ORDERS, TAOBAO, JD, PINDUODUO, DOUYIN, YOUZAN, SHOPIFY, *BANKS, VOUCHERS, YONYOU,
)  # fmt: skip


# ------------------------------------------------------------------------------------------------ documents


def _camt(rows: pl.DataFrame) -> str:
    """camt.053 of a month, one statement, an element a line or two."""
    no = pl.col("row").cast(pl.String)
    day, amount = _time("%Y-%m-%d"), AMOUNT
    entry = pl.format(
        '<Ntry>\n <NtryRef>{}</NtryRef><Amt Ccy="EUR">{}</Amt>\n <CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\n'
        " <BookgDt><Dt>{}</Dt></BookgDt><ValDt><Dt>{}</Dt></ValDt>\n <AcctSvcrRef>BR{}</AcctSvcrRef>\n"
        " <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>\n"
        " <NtryDtls><TxDtls><Refs><EndToEndId>E2E-{}</EndToEndId><TxId>TX{}</TxId></Refs>\n"
        "  <RltdPties><Dbtr><Pty><Nm>Klant {}</Nm></Pty></Dbtr>"
        "<DbtrAcct><Id><IBAN>NL26VAYB{}</IBAN></Id></DbtrAcct></RltdPties>\n"
        "  <RmtInf><Ustrd>Order YS{}</Ustrd></RmtInf></TxDtls></NtryDtls>\n"
        " <AddtlNtryInf>SEPA credit transfer</AddtlNtryInf>\n</Ntry>",
        no, amount, day, day, no.str.zfill(12), no.str.zfill(10), no, (pl.col("row") % 5000).cast(pl.String),
        no.str.zfill(10), no.str.zfill(12),
    )  # fmt: skip
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">\n'
        "<BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId></GrpHdr>\n<Stmt><Id>S1</Id><FrToDt>"
        "<FrDtTm>2026-02-01T00:00:00</FrDtTm><ToDtTm>2026-03-01T00:00:00</ToDtTm></FrToDt>"
        f"<Acct><Id><IBAN>NL26VAYB8060476890</IBAN></Id><Ccy>EUR</Ccy></Acct>\n{_balance('OPBD', '0.00')}"
        f"{_body(rows, entry)}{_balance('CLBD', _sum(rows))}</Stmt></BkToCstmrStmt></Document>\n"
    )


def _balance(code: str, shown: str) -> str:
    kind = f"<Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
    return f'<Bal>{kind}<Amt Ccy="EUR">{shown}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>\n'


def _mt940(rows: pl.DataFrame) -> str:
    """MT940 of a month, a statement a day, the German form of :86:."""
    no, comma = pl.col("row").cast(pl.String), AMOUNT.str.replace(".", ",", literal=True)
    day = _time("%y%m%d")
    entry = pl.format(
        ":61:{}{}CR{}NTRFNONREF//BR{}\n:86:166?00GUTSCHRIFT?100399?20EREF+E2E-{}?21SVWZ+YS{}\n"
        "?30PBNKDEFF100?31DE42100100100043921105?32Kunde {}",
        day, _time("%m%d"), comma, no.str.zfill(12), no.str.zfill(10), no.str.zfill(12),
        (pl.col("row") % 5000).cast(pl.String),
    )  # fmt: skip
    lines, before = rows.select(day.alias("day"), entry.alias("entry"), "balance"), 0
    statements = []
    for number, part in enumerate(lines.partition_by("day", maintain_order=True), 1):
        date, after = part.item(0, "day"), int(part["balance"][-1])
        opening, closing = (_shown(fen).replace(".", ",") for fen in (before, after))
        head = f":20:ST{date}\n:25:10020030/1234567\n:28C:{number:05}/001\n:60F:C{date}EUR{opening}\n"
        statements.append(f"{head}{part['entry'].str.join(chr(10)).item()}\n:62F:C{date}EUR{closing}\n-\n")
        before = after
    return "".join(statements)


CAMT: Final = Format(source="camt", whole=_camt)
MT940: Final = Format(source="mt940", whole=_mt940, end="\r\n")
DOCUMENTS: Final = (CAMT, MT940)
