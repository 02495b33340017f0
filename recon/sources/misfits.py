"""Files that people take for a bill and that are none, or none that is read: told by content, called by name.

They are asked about only when no format claims a file, so that the error says more than "the format is unknown":

    48022901    00040000    005607 0203215916 622280*********0000 000002500000 ...    UnionPay's IND…ACOM, ACOMN
    E23 48022901    00040000    000731 0205101500 622280*********0000 000002500000 0220 200000 5712 ...    IND…AERR
    05/01/2023,DOLLARAMA # 845,1.96,,13.04    a bank's table without a header line
    #支付宝每日结算到卡明细查询                   Alipay's bill of another kind, or with renamed columns
    微信支付结算对账文件,,,    an export of WeChat Pay's portal by its title, whose columns nobody documents

Source: field lists of programs that read UnionPay's files for acquirers; an anonymised export of TD Canada Trust.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from recon.errors import SourceError
from recon.sources import alipay_page, sheet

if TYPE_CHECKING:
    from recon.sources.piece import Piece

_HEAD_BYTES: Final = 400
_HEADING: Final = 20  # lines within which a bill says what it is
_MERCHANTS: Final = (
    "Load the merchant's files: INN…ZM_{merId} and INN…ZME_{merId} in the zip {merId}_{YYYYMMDD}.zip, "
    "from merchant.unionpay.com > 对账文件下载."
)


@dataclass(frozen=True, slots=True)
class _Misfit:
    """A file by the first bytes of its first line."""

    begins: re.Pattern[bytes]
    explanation: str
    remedy: str


_COMMON: Final = rb"[\d ]{11} [\d ]{11} \d{6} \d{10} [\d* ]{19} \d{12} "
_MISFITS: Final = (
    _Misfit(
        re.compile(_COMMON),
        "it is UnionPay's file for an acquirer (IND…ACOM), not for a merchant",
        _MERCHANTS,
    ),
    _Misfit(
        re.compile(rb"[A-Z]\d\d " + _COMMON + rb"\d{4} \d{6} \d{4} "),
        "it is UnionPay's dispute file for an acquirer (IND…AERR), not for a merchant",
        _MERCHANTS,
    ),
    _Misfit(
        re.compile(rb"\d\d/\d\d/\d{4},[^,\r\n]*,\d*\.?\d*,\d*\.?\d*,-?\d+\.\d\d\s*(?:\r?\n|$)"),
        "it is a bank's table without a header line: nothing says which column is money in, whether the day or the "
        "month stands first, and which account and currency it is",
        "Export the statement as OFX (QFX, QBO) instead, or as a table with a header line.",
    ),
)


_TITLES: Final = {
    "微信支付交易(交易+退款)对账文件": "Load the bill of 交易中心 > 交易账单 (ALL) of the same days instead.",
    "微信支付结算对账文件": "Load the bills of 交易中心 > 交易账单 (ALL) and 资金账单 of the same days instead.",
}
"""Titles of exports (NFKC), and what to load in their place."""


def named(piece: Piece) -> SourceError | None:
    """Return the error that says what the file is, None when that is not known."""
    head = piece.start[:_HEAD_BYTES]
    found = next((misfit for misfit in _MISFITS if misfit.begins.match(head)), None)
    if found:
        return SourceError(found.explanation, path=piece.name, remedy=found.remedy)
    return _titled(piece) or _of_alipay(piece)


def _titled(piece: Piece) -> SourceError | None:
    """Exports of WeChat Pay's portal whose columns nobody documents."""
    for line in _first_lines(piece):
        plain = unicodedata.normalize("NFKC", line)
        title = next((title for title in _TITLES if title in plain), None)
        if title:
            return SourceError(f"it is the export {title}, which is not read", path=piece.name, remedy=_TITLES[title])
    return None


def _first_lines(piece: Piece) -> list[str]:
    """First line of the text, or of every sheet."""
    if not sheet.is_spreadsheet(piece):
        return piece.head_lines[:1]
    try:
        return [" ".join(row) for head in sheet.sheet_head(piece) for row in head[:1]]
    except SourceError:
        return []


def _of_alipay(piece: Piece) -> SourceError | None:
    """Bills of daily settlement (settlementMerge), marketing (merchant_act), 直付通: their columns are not known."""
    lines = piece.head_lines[:_HEADING]
    said = alipay_page.title(lines)
    if not said:
        return None
    return SourceError(
        f"it is Alipay's 支付宝{said}, and its columns are none of those known here",
        path=piece.name,
        excerpt=next((line[:200] for line in lines if line.count(",") > 2), ""),
        remedy="Load 业务明细 and 账务明细 of the same days instead, which have the same money (recon sources). "
        "If it is one of these, download it again and do not rename its columns.",
    )
