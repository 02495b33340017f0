"""Bank statements: CCB corporate csv (CNY, GB18030, CRLF, running balance) and camt.053.001.02 (USD).

Both cover the month only. The camt statement holds PayPal's withdrawals, each with PayPal's bank reference as
EndToEndId, AcctSvcrRef and in the unstructured text, and the bank's charges; opening and closing balance add up.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl

from sample_data import text
from sample_data.bank import OPENING_CNY, OPENING_USD, BankLine
from sample_data.contract import CCB_ACCOUNT, COMPANY, COMPANY_EN, USD_ACCOUNT, Plan, date_of, day_number
from sample_data.paypal import Withdrawal
from sample_data.write_alipay import yuan

COLUMNS: Final = (
    "账号", "账户名称", "交易时间", "借方发生额（支取）", "贷方发生额（收入）", "余额", "币种", "对方户名", "对方账号",
    "对方开户机构", "记账日期", "摘要", "备注", "账户明细编号-交易流水号", "企业流水号", "凭证种类", "凭证号",
)  # fmt: skip
CHARGE: Final = 800
CHARGE_OF_A_PAYMENT: Final = 1_500


def write_ccb(folder: Path, lines: list[BankLine], plan: Plan) -> dict[str, int]:
    """The CNY statement, oldest line first."""
    balance = OPENING_CNY
    rows = []
    for line in lines:
        balance += line.amount
        day = f"{date_of(line.day):%Y%m%d}"
        clock = f"{line.second // 3600:02d}:{line.second // 60 % 60:02d}:{line.second % 60:02d}"
        rows.append(
            (
                CCB_ACCOUNT,
                COMPANY,
                f"{day} {clock}",
                yuan(max(-line.amount, 0)),
                yuan(max(line.amount, 0)),
                yuan(balance),
                "人民币元",
                line.payer,
                line.payer_account if line.payer else "",
                line.payer_bank if line.payer else "",
                day,
                line.summary,
                line.memo,
                line.serial,
                "",
                "",
                "",
            )
        )
    frame = pl.DataFrame(rows, schema=list(COLUMNS), orient="row", infer_schema_length=None)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"ccb_{CCB_ACCOUNT}_{plan.period.replace('-', '')}.csv"
    (folder / name).write_bytes(text.blanks_to_null(frame).write_csv(line_terminator="\r\n").encode("gb18030"))
    return {name: len(rows)}


def write_camt(folder: Path, withdrawals: list[Withdrawal], plan: Plan) -> dict[str, int]:
    """The USD statement of the month."""
    entries = [(one.arrives, one.amount, one.bank_ref) for one in withdrawals if one.arrives < plan.after_day]
    entries += [(one.arrives, -CHARGE_OF_A_PAYMENT, "") for one in withdrawals if one.arrives < plan.after_day]
    entries += [(day_number(plan.last), -CHARGE, "")]
    entries.sort(key=lambda entry: (entry[0], -entry[1]))
    closing = OPENING_USD + sum(amount for _, amount, _ in entries)
    month = plan.period.replace("-", "")
    body = "".join(_entry(number, *entry) for number, entry in enumerate(entries, 1))
    document = f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">
  <BkToCstmrStmt>
    <GrpHdr>
      <MsgId>STMT-{month}-01</MsgId>
      <CreDtTm>{plan.after}T03:00:00+08:00</CreDtTm>
    </GrpHdr>
    <Stmt>
      <Id>{USD_ACCOUNT}-{month}</Id>
      <ElctrncSeqNb>{plan.first.month}</ElctrncSeqNb>
      <CreDtTm>{plan.after}T03:00:00+08:00</CreDtTm>
      <FrToDt>
        <FrDtTm>{plan.first}T00:00:00+08:00</FrDtTm>
        <ToDtTm>{plan.last}T23:59:59+08:00</ToDtTm>
      </FrToDt>
      <Acct>
        <Id>
          <Othr>
            <Id>{USD_ACCOUNT}</Id>
          </Othr>
        </Id>
        <Ccy>USD</Ccy>
        <Ownr>
          <Nm>{COMPANY_EN}</Nm>
        </Ownr>
      </Acct>
{_balance("OPBD", OPENING_USD, f"{plan.first}")}{_balance("CLBD", closing, f"{plan.last}")}{body}    </Stmt>
  </BkToCstmrStmt>
</Document>
"""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"camt053_{USD_ACCOUNT}_{month}.xml"
    (folder / name).write_bytes(document.encode())
    return {name: len(entries)}


def _balance(code: str, amount: int, day: str) -> str:
    return f"""      <Bal>
        <Tp>
          <CdOrPrtry>
            <Cd>{code}</Cd>
          </CdOrPrtry>
        </Tp>
        <Amt Ccy="USD">{yuan(abs(amount))}</Amt>
        <CdtDbtInd>{"DBIT" if amount < 0 else "CRDT"}</CdtDbtInd>
        <Dt>
          <Dt>{day}</Dt>
        </Dt>
      </Bal>
"""


def _entry(number: int, day: int, amount: int, bank_ref: str) -> str:
    date = date_of(day)
    reference = bank_ref or f"CHG{date:%Y%m%d}{number:03d}"
    family = "RCDT" if amount > 0 else "CCRD"
    parties = (
        f"""            <RltdPties>
              <Dbtr>
                <Nm>PayPal</Nm>
              </Dbtr>
            </RltdPties>
            <RmtInf>
              <Ustrd>PAYPAL TRANSFER {bank_ref}</Ustrd>
            </RmtInf>
"""
        if bank_ref
        else f"""            <RmtInf>
              <Ustrd>{"ACCOUNT FEE" if amount == -CHARGE else "INCOMING PAYMENT FEE"}</Ustrd>
            </RmtInf>
"""
    )
    return f"""      <Ntry>
        <Amt Ccy="USD">{yuan(abs(amount))}</Amt>
        <CdtDbtInd>{"DBIT" if amount < 0 else "CRDT"}</CdtDbtInd>
        <Sts>BOOK</Sts>
        <BookgDt>
          <Dt>{date}</Dt>
        </BookgDt>
        <ValDt>
          <Dt>{date}</Dt>
        </ValDt>
        <AcctSvcrRef>{reference}</AcctSvcrRef>
        <BkTxCd>
          <Domn>
            <Cd>PMNT</Cd>
            <Fmly>
              <Cd>{family}</Cd>
              <SubFmlyCd>{"XBCT" if amount > 0 else "CHRG"}</SubFmlyCd>
            </Fmly>
          </Domn>
        </BkTxCd>
        <NtryDtls>
          <TxDtls>
            <Refs>
              <EndToEndId>{bank_ref or "NOTPROVIDED"}</EndToEndId>
            </Refs>
{parties}          </TxDtls>
        </NtryDtls>
      </Ntry>
"""
