"""Events of an invented PayPal account, written in each of PayPal's formats: they must all read as the same rows.

    Event("T0006", "9AB...", at=..., unit="USD", gross=12900, fee=-469, invoice="P1")

Amounts are minor units of the currency, signed. ``running`` gives each event its balance; ``stl``, ``trr``,
``activity``, ``statement`` and ``search`` write the events of a period as PayPal would. Times are those of the
account's zone, +0800.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from recon import money
from recon.sources.paypal_stl import COLUMNS as STL_COLUMNS

ACCOUNT = "PPACCOUNT0001"
ZONE = dt.timezone(dt.timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Event:
    """One event; ``status`` is S, P, D, V or F, and ``moves`` whether it has changed the balance."""

    code: str
    id: str
    at: dt.datetime
    unit: str
    gross: int
    fee: int = 0
    invoice: str = ""
    reference: str = ""
    reference_type: str = ""
    custom: str = ""
    bank: str = ""
    name: str = ""
    status: str = "S"
    moves: bool = True
    balance: int = 0

    @property
    def net(self) -> int:
        return self.gross + self.fee


def running(events: Iterable[Event], opening: int = 100_000) -> list[Event]:
    """Each event with the balance of its currency after it."""
    balances: dict[str, int] = {}
    found = []
    for event in events:
        before = balances.get(event.unit, opening)
        balances[event.unit] = before + (event.net if event.moves else 0)
        found.append(replace(event, balance=balances[event.unit]))
    return found


def hundredths(minor: int, unit: str) -> int:
    return abs(minor) * 100 // 10 ** money.exponent(unit)


def side(minor: int) -> str:
    return "DR" if minor < 0 else "CR"


def written(rows: Iterable[Sequence[object]], separator: str = ",") -> bytes:
    """Texts in quotes, numbers without, byte order mark, CRLF."""
    file = io.StringIO()
    csv.writer(file, delimiter=separator, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n").writerows(rows)
    return f"\ufeff{file.getvalue()}".encode()


class Bare(float):
    """A cell that csv does not put in quotes: a time or a version number, as these reports print them."""

    text: str

    def __new__(cls, text: str) -> Self:
        self = super().__new__(cls, 0)
        self.text = text
        return self

    def __repr__(self) -> str:
        return self.text

    __str__ = __repr__


def stamp(at: dt.datetime) -> Bare:
    return Bare(f"{at:%Y/%m/%d %H:%M:%S} +0800")


def money_cells(event: Event) -> list[object]:
    """The 13 columns of money that the settlement and the detail report share."""
    fee = event.fee or None
    return [
        event.id, event.invoice, event.reference, event.reference_type, event.code, stamp(event.at), stamp(event.at),
        side(event.gross), hundredths(event.gross, event.unit), event.unit,
        "" if fee is None else side(fee), "" if fee is None else hundredths(fee, event.unit),
        "" if fee is None else event.unit,
    ]  # fmt: skip


def head(version: str, days: tuple[dt.date, dt.date], part: str = "01") -> list[list[object]]:
    start, end = (
        Bare(f"{day:%Y/%m/%d} {clock} +0800") for day, clock in zip(days, ("00:00:00", "23:59:59"), strict=True)
    )
    return [
        ["RH", stamp(dt.datetime.combine(days[1], dt.time(2)) + dt.timedelta(days=1)), "A", ACCOUNT, Bare(version), ""],
        ["FH", Bare(part)],
        ["SH", start, end, ACCOUNT, ""],
    ]


def totals(events: Sequence[Event]) -> list[list[object]]:
    """Cells of SF and RF after the first, one a currency."""
    found: list[list[object]] = []
    for unit in dict.fromkeys(event.unit for event in events):
        mine = [event for event in events if event.unit == unit]
        begin, end = mine[0].balance - mine[0].net, mine[-1].balance
        sums = [
            sum(hundredths(value, unit) for value in values if value * sign > 0)
            for values in ([event.gross for event in mine], [event.fee for event in mine])
            for sign in (1, -1)
        ]
        pair = [cell for value in (begin, end) for cell in (side(value), hundredths(value, unit))]
        found.append([unit, *sums, *pair, *pair, "CR", 0, "CR", 0, len(mine)])
    return found


def stl(events: Iterable[Event], days: tuple[dt.date, dt.date], *, separator: str = ",", columns: int = 21) -> bytes:
    """Settlement report: what moved the balance, with as many of the 21 columns as its version has."""
    moved = [event for event in events if event.moves]
    body = [
        ["SB", *money_cells(event), event.custom, "CONSUMER1", "", "", event.bank, "", "", ""][: columns + 1]
        for event in moved
    ]
    sums = totals(moved)
    foot = [*(["SF", *cells] for cells in sums), ["SC", len(moved)], *(["RF", *cells] for cells in sums)]
    counts = [["RC", len(moved)], ["FF", len(moved)]]
    rows = [*head("009", days), ["CH", *STL_COLUMNS[:columns]], *body, *foot, *counts]
    return written(rows, separator)


DETAIL = (
    *STL_COLUMNS[:13], "Transactional Status", "Insurance Amount", "Sales Tax Amount", "Shipping Amount",
    "Transaction Subject", "Transaction Note", "Payer's Account ID", "Payer Address Status", "Item Name", "Item ID",
    "Option 1 Name", "Option 1 Value", "Option 2 Name", "Option 2 Value", "Auction Site", "Auction Buyer ID",
    "Auction Closing Date", "Shipping Address Line1", "Shipping Address Line2", "Shipping Address City",
    "Shipping Address State", "Shipping Address Zip", "Shipping Address Country", "Shipping Method", "Custom Field",
    "Billing Address Line1", "Billing Address Line2", "Billing Address City", "Billing Address State",
    "Billing Address Zip", "Billing Address Country", "Consumer ID", "First Name", "Last Name",
    "Consumer Business Name", "Card Type", "Payment Source", "Shipping Name", "Authorization Review Status",
    "Protection Eligibility", "Payment Tracking ID", "Store ID",
)  # fmt: skip


def trr(events: Iterable[Event], days: tuple[dt.date, dt.date], *, separator: str = ",") -> bytes:
    """Detail report: everything, with a status, and the counts of it."""
    rows: list[list[object]] = []
    for event in events:
        named = {
            "Transactional Status": event.status,
            "Custom Field": event.custom,
            "Consumer Business Name": event.name,
            "Payer's Account ID": "buyer@shop.example" if event.name else "",
        }
        rows.append(["SB", *money_cells(event), *(named.get(column, "") for column in DETAIL[13:])])
    count = [[kind, len(rows)] for kind in ("SF", "SC", "RF", "RC", "FF")]
    return written([*head("010", days), ["CH", *DETAIL], *rows, *count], separator)


def search(events: Iterable[Event], days: tuple[dt.date, dt.date]) -> bytes:
    """One page of the transaction search: everything, in UTC."""

    def amount(minor: int, unit: str) -> dict[str, str]:
        return {"currency_code": unit, "value": money.show(minor, unit)}

    def told(at: dt.datetime) -> str:
        return f"{at.replace(tzinfo=ZONE).astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S}+0000"

    details = []
    for event in events:
        info: dict[str, object] = {
            "paypal_account_id": "PAYER1",
            "transaction_id": event.id,
            "paypal_reference_id": event.reference,
            "paypal_reference_id_type": event.reference_type,
            "transaction_event_code": event.code,
            "transaction_initiation_date": told(event.at),
            "transaction_updated_date": told(event.at),
            "transaction_amount": amount(event.gross, event.unit),
            "fee_amount": amount(event.fee, event.unit),
            "transaction_status": event.status if event.status != "F" else "S",
            "invoice_id": event.invoice,
            "custom_field": event.custom,
            "bank_reference_id": event.bank,
        }
        names = {"alternate_full_name": event.name} if event.name else {}
        blank = [key for key, value in info.items() if value == "" or (key == "fee_amount" and not event.fee)]
        details.append(
            {
                "transaction_info": {key: value for key, value in info.items() if key not in blank},
                "payer_info": {"email_address": "buyer@shop.example", "payer_name": names},
                "cart_info": {"item_details": [{"item_name": "lamp", "item_quantity": "1"}]},
            }
        )
    first, last = (dt.datetime.combine(day, dt.time()) for day in (days[0], days[1] + dt.timedelta(days=1)))
    page = {
        "transaction_details": details,
        "account_number": ACCOUNT,
        "start_date": told(first),
        "end_date": told(last - dt.timedelta(seconds=1)),
        "last_refreshed_datetime": told(last),
        "page": 1,
        "total_items": len(details),
        "total_pages": 1,
    }
    return json.dumps(page, ensure_ascii=False, indent=1).encode()


# -- the web's CSV -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Locale:
    """How one user's reports are written: language, date, decimal mark, what sets off thousands, zone, separator."""

    language: str
    date: str
    mark: str = "."
    group: str = ","
    zone: str = "GMT+08:00"
    separator: str = ","

    def day(self, at: dt.datetime) -> str:
        return self.date.format(d=at.day, m=at.month, y=at.year)

    def number(self, minor: int, unit: str) -> str:
        plain = money.show(minor, unit, grouped=True)
        return plain.translate(str.maketrans({",": self.group, ".": self.mark}))


AMERICAN = Locale("en", "{m}/{d}/{y}")
BRITISH = Locale("en", "{d:02}/{m:02}/{y}")
CHINESE = Locale("zh", "{y}/{m}/{d}")
GERMAN = Locale("de", "{d:02}.{m:02}.{y}", ",", ".")
FRENCH = Locale("fr", "{d:02}/{m:02}/{y}", ",", "\u202f")
SPANISH = Locale("es", "{d}/{m}/{y}", ",", ".")
MIXED = Locale("en", "{m}/{d}/{y}", ",", ".")  # English words, German numbers
TABBED = Locale("fr", "{d:02}/{m:02}/{y}", ",", "\u00a0", separator="\t")
LOCALES = (AMERICAN, BRITISH, CHINESE, GERMAN, FRENCH, SPANISH, MIXED, TABBED)

ACTIVITY = {
    "en": "Date,Time,TimeZone,Name,Type,Status,Currency,Gross,Fee,Net,From Email Address,To Email Address,"
    "Transaction ID,Shipping Address,Reference Txn ID,Invoice Number,Custom Number,Balance,Balance Impact",
    "zh": "日期,时间,时区,名称,类型,状态,币种,总额,费用,净额,发件人邮箱地址,收件人邮箱地址,交易号,"
    "收货地址,参考交易号,账单号,自定义号码,余额,引起余额变动",
    "de": "Datum,Uhrzeit,Zeitzone,Name,Typ,Status,Währung,Brutto,Gebühr,Netto,Absender E-Mail-Adresse,"
    "Empfänger E-Mail-Adresse,Transaktionscode,Lieferadresse,Zugehöriger Transaktionscode,Rechnungsnummer,Zollnummer,"
    "Guthaben,Auswirkung auf Guthaben",
    "fr": "Date,Heure,Fuseau horaire,Nom,Type,État,Devise,Avant commission,Commission,Net,De l'adresse email,"
    "À l'adresse email,Numéro de transaction,Adresse de livraison,Numéro de la transaction de référence,"
    "Numéro de facture,Numéro de client,Solde,Impact sur le solde",
    "es": "Fecha,Hora,Zona horaria,Nombre,Tipo,Estado,Divisa,Bruto,Comisión,Neto,Correo electrónico del remitente,"
    "Correo electrónico del destinatario,Id. de transacción,Dirección de envío,Id. de referencia de trans.,"
    "Id. de factura,Número personalizado,Saldo,Impacto en el saldo",
}
STATEMENT = {
    "en": "Date,Time,Time Zone,Description,Currency,Gross ,Fee ,Net,Balance,Transaction ID,From Email Address,Name,"
    "Bank Name,Bank Account,Shipping and Handling Amount,Sales Tax,Invoice ID,Reference Txn ID",
    "zh": "日期,时间,时区,说明,币种,总额,费用,净额,余额,交易号,发件人邮箱地址,名称,银行名称,银行账户,运费和手续费金额,"
    "营业税,账单号,参考交易号",
    "de": "Datum,Uhrzeit,Zeitzone,Beschreibung,Währung,Brutto,Entgelt,Netto,Guthaben,Transaktionscode,"
    "Absender E-Mail-Adresse,Name,Name der Bank,Bankkonto,Versand- und Bearbeitungsgebühr,Umsatzsteuer,"
    "Rechnungsnummer,Zugehöriger Transaktionscode",
    "fr": "Date,Heure,Fuseau horaire,Description,Devise,Avant commission,Commission,Net,Solde,Numéro de transaction,"
    "Adresse email de l'expéditeur,Nom,Nom de la banque,Compte bancaire,"
    "Montant des frais de livraison et de traitement,TVA,Identifiant de facture,Numéro de la transaction de référence",
    "es": "Fecha,Hora,Zona horaria,Descripción,Divisa,Bruto ,Comisión ,Neto,Saldo,Id. de transacción,"
    "Correo electrónico del remitente,Nombre,Nombre del banco,Cuenta bancaria,Importe de envío y manipulación,"
    "Impuesto de ventas,Id. de factura,Id. de referencia de trans.",
}
TYPES = {
    # event code: English, Chinese, German, French, Spanish
    "T0000": ("General Payment", "普通付款", "Allgemeine Zahlung", "Paiement standard", "Pago general"),
    "T0003": (
        "PreApproved Payment Bill User Payment", "预先批准付款账单用户付款",
        "Zahlung im Einzugsverfahren mit Zahlungsrechnung", "Paiement préapprouvé",
        "Pago con Pago de usuario de BillPay preaprobado",
    ),
    "T0006": (
        "Express Checkout Payment", "快速结账付款", "PayPal Express-Zahlung", "Paiement Express Checkout",
        "Pago con Pago exprés",
    ),
    "T0011": ("Mobile Payment", "移动支付", "Handyzahlung", "Paiement par mobile", "Pago móvil"),
    "T0106": (
        "Chargeback Fee", "退单费", "Rückbuchungsgebühr", "Frais de rejet de débit", "Comisión por contracargo",
    ),
    "T0114": ("Dispute Fee", "争议费", "Konfliktgebühr", "Frais de litige", "Comisión por disputa"),
    "T0200": (
        "General Currency Conversion", "普通币种兑换", "Allgemeine Währungsumrechnung", "Conversion de devise standard",
        "Conversión de divisas general",
    ),
    "T0201": (
        "User Initiated Currency Conversion", "用户发起的币种兑换", "Von Nutzer eingeleitete Währungsumrechnung",
        "Conversion de devise initiée par l'utilisateur", "Conversión de divisas iniciada por el usuario",
    ),
    "T0300": (
        "Bank Deposit to PP Account ", "从银行账户充值", "Bankgutschrift auf PayPal-Konto ",
        "Dépôt bancaire sur le compte PayPal", "Depósito bancario en cuenta PayPal",
    ),
    "T0400": (
        "General Withdrawal - Bank Account", "普通提现", "Allgemeine Abbuchung", "Virement standard",
        "Retirada general",
    ),
    "T0403": (
        "User Initiated Withdrawal", "用户发起的收款", "Von Nutzer eingeleitete Abbuchung",
        "Retrait initié par l’utilisateur", "Retirada iniciada por el usuario",
    ),
    "T1105": (
        "Reversal of General Account Hold", "撤销普通账户冻结", "Rückbuchung allgemeiner Einbehaltung",
        "Annulation de la suspension de compte standard", "Cancelación de retención de cuenta general",
    ),
    "T1106": ("Payment Reversal", "付款撤销", "Zahlungsrückbuchung", "Annulation de paiement", "Anulación de pago"),
    "T1107": ("Payment Refund", "付款退款", "Rückzahlung", "Remboursement de paiement", "Reembolso de pago"),
    "T1108": (
        "Fee Reversal", "费用撤销", "Gebührenstornierung", "Annulation de commission", "Cancelación de comisión",
    ),
    "T1110": (
        "Hold on Balance for Dispute Investigation", "冻结余额以调查争议",
        "Einbehaltung von Guthaben zur Konfliktklärung", "Solde suspendu pour enquête sur un litige",
        "Retención de saldo para investigación de disputa",
    ),
    "T1111": (
        "Cancellation of Hold for Dispute Resolution", "取消冻结以解决争议",
        "Aufhebung der Einbehaltung zur Konfliktlösung", "Annulation de la suspension pour résolution du litige",
        "Cancelación de retención por resolución de disputa",
    ),
    "T1201": ("Chargeback", "退单", "Kreditkarten-Rückbuchung", "Rejet de débit", "Contracargo"),
    "T1202": (
        "Chargeback Reversal", "退单撤销", "Stornierung der Kreditkarten-Rückbuchung", "Annulation du rejet de débit",
        "Cancelación de contracargo",
    ),
    "T1300": (
        "General Authorization", "普通授权", "Allgemeine Autorisierung", "Autorisation standard",
        "Autorización general",
    ),
    "T1503": (
        "Hold on Available Balance", "冻结可用余额", "Einbehaltung von verfügbarem Guthaben",
        "Suspension du solde disponible", "Retención de saldo disponible",
    ),
    "T2103": (
        "Reserve Hold", "准备金冻结", "Einbehaltung als Reserve", "Suspension de réserve", "Retención de reserva",
    ),
    "T2104": (
        "Reserve Release", "准备金放款", "Freigabe der Reserve", "Déblocage de réserve", "Liberación de reserva",
    ),
    "T2107": ("Payment Hold", "付款冻结", "Einbehaltung einer Zahlung", "Suspension de paiement", "Retención de pago"),
    "T2108": ("Payment Release", "放款", "Freigabe einer Zahlung", "Déblocage de paiement", "Liberación de pago"),
}  # fmt: skip
LANGUAGES = ("en", "zh", "de", "fr", "es")
STATUSES = {
    "S": ("Completed", "已完成", "Abgeschlossen", "Terminé", "Completado"),
    "V": ("Reversed", "已撤销", "Zurückgebucht", "Terminé", "Revertido"),
    "F": (
        "Partially Refunded",
        "部分退款",
        "Teilweise erstattet",
        "Partiellement remboursé",
        "Parcialmente reembolsado",
    ),
    "P": ("Pending", "待处理", "Ausstehend", "En attente", "Pendiente"),
    "D": ("Denied", "已拒绝", "Abgelehnt", "Refusé", "Denegado"),
}
IMPACTS = {
    "CR": ("Credit", "贷记", "Haben", "Crédit", "Crédito"),
    "DR": ("Debit", "借记", "Soll", "Débit", "Débito"),
    "": ("Memo", "备忘录", "Memo", "Mémo", "Memo"),
}


def activity(
    events: Iterable[Event], locale: Locale, *, without: Sequence[str] = (), newest_first: bool = False
) -> bytes:
    """Activity report; ``without`` are columns, by their English names, that its user did not choose."""
    place = LANGUAGES.index(locale.language)
    english = ACTIVITY["en"].split(",")
    kept = [number for number, name in enumerate(english) if name not in without]
    rows: list[list[str]] = []
    for event in events:
        numbers = [locale.number(value, event.unit) for value in (event.gross, event.fee, event.net)]
        row = [
            locale.day(event.at), f"{event.at:%H:%M:%S}", locale.zone, event.name, TYPES[event.code][place],
            STATUSES[event.status][place], event.unit, *numbers, "buyer@shop.example", "shop@shop.example", event.id,
            "", event.reference, event.invoice, event.custom, locale.number(event.balance, event.unit),
            IMPACTS[side(event.gross) if event.moves else ""][place],
        ]  # fmt: skip
        rows.append([row[number] for number in kept])
    names = ACTIVITY[locale.language].split(",")
    body = rows[::-1] if newest_first else rows
    return written([[names[number] for number in kept], *body], locale.separator)


def statement(events: Iterable[Event], locale: Locale) -> bytes:
    """Statement: what moved the balance, one currency after the other."""
    place = LANGUAGES.index(locale.language)
    moved = [event for event in events if event.moves]
    rows: list[list[str]] = [STATEMENT[locale.language].split(",")]
    for unit in dict.fromkeys(event.unit for event in moved):
        for event in moved:
            if event.unit != unit:
                continue
            numbers = [locale.number(value, unit) for value in (event.gross, event.fee, event.net, event.balance)]
            bank = ["Example Bank", "1234"] if event.code.startswith("T04") else ["", ""]
            rows.append(
                [
                    locale.day(event.at),
                    f"{event.at:%H:%M:%S}",
                    "Asia/Shanghai",
                    TYPES[event.code][place],
                    unit,
                    *numbers,
                    event.id,
                    "buyer@shop.example" if event.name else "",
                    event.name,
                    *bank,
                    locale.number(0, unit),
                    locale.number(0, unit),
                    event.invoice,
                    event.reference,
                ]
            )
    return written(rows, locale.separator)


# -- a month of everything ------------------------------------------------------------------------------------------

FEBRUARY = (dt.date(2026, 2, 1), dt.date(2026, 2, 28))


def at(day: int, clock: str = "09:00:00") -> dt.datetime:
    return dt.datetime.fromisoformat(f"2026-02-{day:02}T{clock}")


MONTH = running(
    [
        Event("T0006", "A0000000000000001", at(3), "USD", 12900, -469, "P1", custom="gift", name="Ann Example"),
        Event("T0011", "A0000000000000002", at(3, "23:59:59"), "USD", 100000, -3430, "P2", name="Bo Example"),
        Event("T0006", "A0000000000000003", at(4), "EUR", 10000, -370, "P3", name="Cy Example"),
        Event("T0200", "A0000000000000004", at(4), "EUR", -9630, 0, "P3", "A0000000000000003", "TXN"),
        Event("T0200", "A0000000000000005", at(4), "USD", 10207, 0, "P3", "A0000000000000003", "TXN"),
        Event(
            "T0000",
            "A0000000000000006",
            at(5),
            "JPY",
            15000,
            -510,
            "P4",
            "O-7700000000000000",
            "ODR",
            name="Di Example",
        ),
        Event("T0003", "A0000000000000007", at(5), "USD", -1200, 0, "", "B-5NK000000000000", "PAP", name="Ed Example"),
        Event(
            "T1107", "A0000000000000008", at(6), "USD", -5000, 170, "P2", "A0000000000000002", "TXN", name="Bo Example"
        ),
        Event("T1110", "A0000000000000009", at(7), "USD", -4000, 0, "P1", "A0000000000000001", "TXN"),
        Event("T1111", "A0000000000000010", at(8), "USD", 4000, 0, "P1", "A0000000000000001", "TXN"),
        Event("T1201", "A0000000000000011", at(8), "USD", -4000, 0, "P1", "A0000000000000001", "TXN"),
        Event("T0106", "A0000000000000012", at(8), "USD", -2000, 0, "P1", "A0000000000000011", "TXN"),
        Event("T1202", "A0000000000000013", at(20), "USD", 4000, 0, "P1", "A0000000000000001", "TXN"),
        Event("T1108", "A0000000000000014", at(20), "USD", 2000, 0, "P1", "A0000000000000012", "TXN"),
        Event("T1106", "A0000000000000015", at(21), "USD", -3000, 0, "P2", "A0000000000000002", "TXN"),
        Event("T0114", "A0000000000000016", at(21), "USD", -1500, 0, "P2", "A0000000000000015", "TXN"),
        Event("T2103", "A0000000000000017", at(22), "USD", -2500),
        Event("T2104", "A0000000000000018", at(23), "USD", 2500),
        Event("T2107", "A0000000000000019", at(23), "USD", -700, 0, "P2", "A0000000000000002", "TXN"),
        Event("T2108", "A0000000000000020", at(24), "USD", 700, 0, "P2", "A0000000000000002", "TXN"),
        Event("T1503", "A0000000000000021", at(24), "USD", -100),
        Event("T1105", "A0000000000000022", at(24, "10:00:00"), "USD", 100),
        Event("T0403", "A0000000000000023", at(25), "EUR", -5000, bank="104712345678", status="P"),
        Event("T0201", "A0000000000000024", at(25), "USD", -5900, 0, "", "A0000000000000025", "TXN"),
        Event("T0201", "A0000000000000025", at(25), "EUR", 5000, 0, "", "A0000000000000024", "TXN"),
        Event("T0400", "A0000000000000026", at(26), "USD", -50000, bank="104712345679"),
        Event("T0300", "A0000000000000027", at(27), "USD", 3000),
        Event("T0006", "A0000000000000028", at(27), "USD", 900, -61, "P9", name="Fay Example", status="V"),
        Event("T0006", "A0000000000000029", at(28), "USD", 8800, -329, "P8", name="Gil Example", status="F"),
        # and what has not moved money
        Event("T1300", "A0000000000000030", at(28), "USD", 8800, 0, "P8", name="Gil Example", moves=False),
        Event("T0006", "A0000000000000031", at(28), "USD", 700, 0, "P7", name="Hal Example", status="D", moves=False),
        Event("T0006", "A0000000000000032", at(28), "USD", 650, 0, "P6", name="Ida Example", status="P", moves=False),
    ]
)
