"""Words of PayPal's web reports in English, Chinese, German, French and Spanish: columns, types of movement, statuses.

The Activity and the Statement CSV follow the language of the person who asks for them. Everything is read by these
words, whatever language stands beside it: a column by its header, a movement by its type. PayPal's types are the names
of its event codes (recon/sources/paypal_codes.py), so a type is read as its code. A word is compared without case and
surrounding blanks, and with white space folded.

A type that is not here is never guessed at: ``Rückzahlung`` gives money back and ``Handyzahlung`` takes it in. A
workspace adds its own (``[sources.paypal_types]``).

English types are those of PayPal's reference of event codes. Of the other languages, most types of everyday business
come from real files and programs that read them; rarer ones are translations of the same event that no file has shown
yet, and a wrong one of these would only go unrecognised.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from recon.sources.table import normal

_COLUMNS: Final = {
    # the name used: English spellings; Chinese; German; French; Spanish
    "Date": "日期; Datum; Fecha",
    "Time": "时间; Uhrzeit; Heure; Hora",
    "TimeZone": "Time zone; Time Zone; Timezone; 时区; Zeitzone; Fuseau horaire; Zona horaria; Huso horario",
    "Name": "名称; 姓名; Nom; Nombre",
    "Type": "类型; Typ; Tipo",
    "Description": "说明; 描述; 交易说明; Beschreibung; Descripción",
    "Status": "状态; État; Etat; Estado",
    "Currency": "币种; 货币; Währung; Devise; Divisa; Moneda",
    "Gross": "Amount; 总额; 金额; Brutto; Betrag; Avant commission; Montant; Bruto; Importe",
    "Fee": "Fees; 费用; 手续费; Gebühr; Entgelt; Gebühren; Commission; Frais; Comisión; Tarifa; Tarifas; Comisiones",
    "Net": "Total; 净额; Netto; Gesamt; Neto",
    "Balance": "余额; Guthaben; Kontostand; Solde; Saldo",
    "Transaction ID": (
        "交易号; Transaktionscode; Numéro de transaction; Nº de transaction; Id. de transacción; ID de transacción; "
        "Identificador de la transacción"
    ),
    "Reference Txn ID": (
        "Reference Transaction ID; 参考交易号; Zugehöriger Transaktionscode; Numéro de la transaction de référence; "
        "Numéro de transaction de référence; Id. de referencia de trans.; ID de referencia de trans.; "
        "Id. de transacción de referencia"
    ),
    "Invoice Number": (
        "Invoice ID; Invoice Number Text; 账单号; Rechnungsnummer; Identifiant de facture; Numéro de facture; "
        "Id. de factura; Número de factura"
    ),
    "Custom Number": "自定义号码; Zollnummer; Numéro personnalisé; Numéro de client; Número personalizado",
    "Balance Impact": (
        "引起余额变动; 余额影响; Auswirkung auf Guthaben; Impact sur le solde; Impacto en el saldo; "
        "Repercusión en el saldo"
    ),
    "Transaction Event Code": "交易事件代码; Transaktionsereigniscode; Code d'événement de la transaction",
    "Bank Reference ID": "银行参考号; Bankreferenz; Référence bancaire; Id. de referencia bancaria",
}
PERSONAL: Final = re.compile(
    r"(?i)^(?:name|nom|nombre|名称|姓名)$"
    r"|^(?!.*(?:mail|courriel|correo|邮件|邮箱)).*(?:address|adress|dirección|anschrift|地址)"
    r"|\b(?:city|town|ort|stadt|ville|ciudad|zip|plz|postleitzahl|postal|phone|telefon\w*|téléphone|teléfono)\b"
    r"|城市|邮编|邮政编码|电话"
)
"""Found in the names of columns that hold names of people and where they live. Mail addresses are known by their @."""
_EVENTS: Final = {
    "T0000": "General Payment; 普通付款; Allgemeine Zahlung; Paiement standard; Paiement général; Pago general",
    "T0001": (
        "Mass Pay Payment; Mass Payment; 集中付款; Sammelzahlung; Paiement groupé; Paiement de masse; Pago en masa; "
        "Pago masivo"
    ),
    "T0002": (
        "Subscription Payment; Recurring Payment; 订阅付款; 定期付款; Abonnementzahlung; "
        "Zahlung im Rahmen eines Abonnements; Paiement d'abonnement; Pago de suscripción"
    ),
    "T0003": (
        "PreApproved Payment Bill User Payment; Pre-approved Payment Bill User Payment; PreApproved Payment; "
        "预先批准付款账单用户付款; Zahlung im Einzugsverfahren mit Zahlungsrechnung; Zahlung im Einzugsverfahren; "
        "Paiement préapprouvé d'un utilisateur de facture; Paiement préapprouvé; "
        "Pago con Pago de usuario de BillPay preaprobado; Pago preaprobado"
    ),
    "T0004": "eBay Auction Payment; eBay拍卖付款; eBay-Auktionszahlung; Paiement eBay; Pago de subasta de eBay",
    "T0005": (
        "Direct Credit Card Payment; 直接信用卡付款; Direkte Kreditkartenzahlung; Paiement direct par carte bancaire"
    ),
    "T0006": (
        "Express Checkout Payment; PayPal Checkout Payment; 快速结账付款; PayPal Express-Zahlung; "
        "Paiement Express Checkout; Pago con Pago exprés; Pago exprés"
    ),
    "T0007": (
        "Website Payment; Web Accept Payment Received; 网站付款; Website-Zahlung; Web Accept-Zahlung; "
        "Paiement sur site marchand; Paiement sur site web; Pago estándar; Pago en página web; "
        "Pago a través de sitio web"
    ),
    "T0008": "Postage Payment; 邮资付款; Portozahlung; Paiement des frais de port; Pago de franqueo",
    "T0009": "Gift Certificate Payment (Purchase); Gift Certificate Payment(Purchase); Gift Certificate Payment",
    "T0010": "3rd Party Auction Payment; Third Party Auction Payment; Third-party Auction Payment",
    "T0011": "Mobile Payment; 移动支付; Handyzahlung; Paiement par mobile; Paiement mobile; Pago por móvil; Pago móvil",
    "T0012": "Virtual Terminal Payment; 虚拟终端付款; Virtuelles Terminal-Zahlung; Paiement Virtual Terminal",
    "T0013": "Donation Payment; 捐款; 捐赠付款; Spendenzahlung; Paiement de don; Pago de donación",
    "T0014": "Rebate Payment/Cash Back; Rebate Payment; Cash Back",
    "T0015": "Third Party Payout",
    "T0016": "Third Party Recoupment",
    "T0017": "Chained Payment/Refund; Chained Payment",
    "T0018": "PayPal Here Payment; Point of Sale Payment; Pago en punto de venta",
    "T0019": "Generic Instrument funded Payment",
    "T0020": "Tax collected by Partner",
    "T0021": "Cryptocurrency",
    "T0022": "PayPal Seller Profiles",
    "T0100": "General NonPayment Related Fee; General Non-Payment Related Fee; 普通费用; Allgemeine Gebühr",
    "T0101": "Web Site Payment Pro Account Monthly Fee; Website Payments Pro Account Monthly Fee",
    "T0102": "Fee for Foreign ACH withdrawal",
    "T0103": "Fee for World Link Check withdrawal",
    "T0104": "Fee for Mass Pay request",
    "T0105": "Check withdrawal",
    "T0106": (
        "Chargeback Fee; 退单费; Kreditkarten-Rückbuchungsgebühr; Rückbuchungsgebühr; Frais de rejet de débit; "
        "Commission de rejet de débit; Tarifa de contracargo; Comisión por contracargo"
    ),
    "T0107": "Payment Fee; 付款费用; Zahlungsgebühr; Commission sur paiement; Tarifa de pago; Comisión de pago",
    "T0108": "ATM withdrawal",
    "T0109": "Auto-sweep from account",
    "T0110": "International CC withdrawal",
    "T0111": "Warranty Fee for warranty purchase",
    "T0112": "Gift Certificate Expiration Fee",
    "T0113": "Partner Fee; 合作伙伴费用; Partnergebühr; Commission partenaire; Tarifa de socio; Comisión de partner",
    "T0114": "Dispute Fee; 争议费; Konfliktgebühr; Gebühr für Konflikte; Frais de litige; Comisión por disputa",
    "T0115": "Custody Fee",
    "T0116": "Bank Return Fee; Rücklastschriftgebühr",
    "T0117": "Campaign Fee",
    "T0200": (
        "General Currency Conversion; Currency Conversion; 普通币种兑换; Allgemeine Währungsumrechnung; "
        "Conversion de devise standard; Conversión de divisas general"
    ),
    "T0201": (
        "User Initiated Currency Conversion; 用户发起的币种兑换; Von Nutzer eingeleitete Währungsumrechnung; "
        "Conversion de devise initiée par l'utilisateur; Conversión de divisas iniciada por el usuario"
    ),
    "T0202": "Conversion to Cover Negative Balance; 为弥补负余额而进行的币种兑换",
    "T0300": (
        "Bank Deposit to PP Account; General Funding of PayPal Account; 银行存款至PayPal账户; 从银行账户充值; "
        "Bankgutschrift auf PayPal-Konto; Dépôt bancaire sur le compte PayPal;  Depósito bancario en cuenta PayPal"
    ),
    "T0301": "PayPal Balance Manager Funding of PayPal Account",
    "T0302": (
        "ACH funding for Funds Recovery from Account balance; "
        "ACH-Überweisung als Zahlungsquelle für Ausgleich von Kontoguthaben"
    ),
    "T0303": "Electronic Funds Transfer Funding; Electronic Funds Transfer; Überweisung als Zahlungsquelle",
    "T0400": (
        "General Withdrawal; General Withdrawal - Bank Account; Withdraw Funds to Bank Account; 普通提现; "
        "普通提现 - 银行账户; Allgemeine Abbuchung; Allgemeine Abbuchung - Bankkonto; Auszahlung auf das Bankkonto; "
        "Bankabbuchung von PayPal-Konto; Virement standard; Retrait standard; Retrait standard - compte bancaire; "
        "Retirada general; Retirada general - cuenta bancaria"
    ),
    "T0401": "Auto-sweep; Autosweep; 自动提现; Automatische Abbuchung; Virement automatique; Transferencia automática",
    "T0402": "Withdrawal to Hyperwallet",
    "T0403": (
        "User Initiated Withdrawal; 用户发起的提现; 用户发起的收款; Von Nutzer eingeleitete Abbuchung; "
        "Retrait initié par l'utilisateur; Virement initié par l'utilisateur; Retirada iniciada por el usuario"
    ),
    "T0500": "General PayPal Debit Card Transaction; PayPal Debit Card Transaction; Debit Card Purchase",
    "T0501": "Virtual PayPal Debit Card Transaction",
    "T0502": "PayPal Debit Card Withdrawal to ATM",
    "T0503": "Hidden Virtual PayPal Debit Card Transaction",
    "T0504": "PayPal Debit Card Cash Advance",
    "T0505": "PayPal Debit Authorization; PayPal Debit Authorisation",
    "T0600": (
        "General Credit Card Withdrawal; General Card Withdrawal; Allgemeine Abbuchung von Kreditkarte; "
        "Retirada general a tarjeta; Retrait standard sur carte bancaire"
    ),
    "T0700": (
        "General Credit Card Deposit; General Card Deposit; 普通信用卡存款; Allgemeine Gutschrift auf Kreditkarte; "
        "Dépôt standard par carte bancaire; Depósito general con tarjeta de crédito"
    ),
    "T0701": "Credit Card Deposit for Negative PayPal Account Balance",
    "T0800": "General Bonus",
    "T0801": "Debit Card Cash Back Bonus",
    "T0802": "Merchant Referral Account Bonus",
    "T0803": "Balance Manager Account Bonus",
    "T0804": "PayPal Buyer Warranty Bonus",
    "T0805": (
        "PayPal Protection Bonus; PayPal Protection Bonus, Payout for PayPal Buyer Protection, "
        "Payout for Full Protection with PayPal Buyer Credit"
    ),
    "T0806": "Bonus for First ACH Use",
    "T0807": "CC Security Charge Refund; Credit Card Security Charge Refund",
    "T0808": "Credit Card Cash Back Bonus",
    "T0900": "General Incentive/Certificate Redemption",
    "T0901": "Gift Certificate Redemption",
    "T0902": "Points Incentive Redemption",
    "T0903": "Coupon Redemption; 优惠券兑换; Einlösung eines Gutscheins",
    "T0904": "Reward Voucher Redemption",
    "T0905": "MSB Redemption",
    "T1000": "BillPay transaction; Bill Pay transaction",
    "T1100": "General Reversal; 普通撤销; Allgemeine Rückbuchung; Annulation standard; Cancelación general",
    "T1101": (
        "Reversal of ACH Withdrawal Transaction; Reversal of ACH Withdrawal; Rückbuchung von ACH-Abbuchung; "
        "Annulation d'un virement bancaire"
    ),
    "T1102": "Reversal of Debit Card Transaction",
    "T1103": "Reversal of Points Usage",
    "T1104": "Reversal of ACH Deposit; Rückbuchung von ACH-Gutschrift; Annulation d'un dépôt bancaire",
    "T1105": (
        "Reversal of General Account Hold; 撤销普通账户冻结; Rückbuchung allgemeiner Einbehaltung; "
        "Rückbuchung allgemeiner Kontoeinbehaltung; Annulation de la suspension de compte standard; "
        "Cancelación de retención de cuenta general"
    ),
    "T1106": (
        "Payment Reversal; 付款撤销; Zahlungsrückbuchung; Rückbuchung einer Zahlung; Annulation de paiement; "
        "Cancelación de pago; Anulación de pago"
    ),
    "T1107": (
        "Payment Refund; Refund; 付款退款; 退款; Rückzahlung; Zahlungserstattung; Rückerstattung; "
        "Remboursement de paiement; Remboursement; Reembolso de pago; Reembolso"
    ),
    "T1108": (
        "Fee Reversal; 费用撤销; Gebührenstornierung; Rückbuchung von Gebühren; Annulation de commission; "
        "Cancelación de tarifa; Cancelación de comisión"
    ),
    "T1109": (
        "Fee Refund; 费用退款; Gebührenerstattung; Remboursement de commission; Reembolso de tarifa; "
        "Reembolso de comisión"
    ),
    "T1110": (
        "Hold on Balance for Dispute Investigation; 冻结余额以调查争议; "
        "Einbehaltung von Guthaben zur Konfliktklärung; Solde suspendu pour enquête sur un litige; "
        "Retención de saldo para investigación de disputa"
    ),
    "T1111": (
        "Cancellation of Hold for Dispute Resolution; 取消冻结以解决争议; "
        "Aufhebung der Einbehaltung zur Konfliktlösung; Annulation de la suspension pour résolution du litige; "
        "Cancelación de retención por resolución de disputa"
    ),
    "T1112": "Cancelled Transfer; MAM Reversal",
    "T1113": "Non Reference Credit Payment; Non-Reference Credit Payment",
    "T1114": "Mass Pay Reversal",
    "T1115": "Mass Pay Refund",
    "T1116": "Instant Payment Review (IPR)reversal; Instant Payment Review (IPR) reversal; 即时付款审查(IPR)撤销",
    "T1117": "Rebate/Cashback reversal; Rebate/Cash back reversal",
    "T1118": "Generic Instrument/Open wallet Reversals (Seller side)",
    "T1119": "Generic Instrument/Open wallet Reversals (Buyer side)",
    "T1200": (
        "General Account Adjustment; 普通账户调整; Allgemeine Kontoanpassung; Ajustement de compte standard; "
        "Ajuste de cuenta general"
    ),
    "T1201": "Chargeback; 退单; Kreditkarten-Rückbuchung; Rejet de débit; Contracargo; Devolución de cargo",
    "T1202": (
        "Chargeback Reversal; 退单撤销; Stornierung der Kreditkarten-Rückbuchung; Annulation du rejet de débit; "
        "Cancelación de contracargo; Anulación de contracargo"
    ),
    "T1203": "Charge-off Adjustment",
    "T1204": "Incentive Adjustment",
    "T1205": "Reimbursement of Chargeback; 退单补偿; Erstattung einer Kreditkarten-Rückbuchung",
    "T1207": "PACMAN Represenment Rejected; PACMAN Representment Rejected; Chargeback Representment Rejection",
    "T1208": "PACMAN Buyer cancellation; Chargeback Cancellation",
    "T1300": (
        "General Authorization; General Authorizations; General Authorisation; Authorization; 普通授权; "
        "Allgemeine Autorisierung; Autorisation standard; Autorización general"
    ),
    "T1301": "ReAuthorization; Reauthorisation; 重新授权",
    "T1302": (
        "Void of Authorization; Void of Authorizations; Void of Authorisation; 授权作废; 取消授权; "
        "Storno einer Autorisierung; Annulation d'une autorisation; Desprovisto de autorización"
    ),
    "T1400": "General Dividend",
    "T1500": "General Account Hold; 普通账户冻结; Allgemeine Kontoeinbehaltung; Suspension de compte standard",
    "T1501": (
        "Account Hold for Open Authorization; Account Hold for Open Authorisation; 因未完成授权而冻结账户; "
        "Einbehaltung für offene Autorisierung; Suspension de compte pour autorisation ouverte; "
        "Retención de cuenta para autorización abierta"
    ),
    "T1502": "Account Hold for ACH deposit",
    "T1503": (
        "Hold on Available Balance; 冻结可用余额; Einbehaltung von verfügbarem Guthaben; "
        "Suspension du solde disponible; Retención de saldo disponible"
    ),
    "T1600": "PayPal Buyer Credit Payment Funding",
    "T1601": "BML Credit - Transfer from BML",
    "T1602": "Buyer Credit Payment",
    "T1603": "Buyer Credit Payment Withdrawal - Transfer To BML",
    "T1700": "General withdrawal to not bank entity; General Withdrawal to Non-Bank Institution",
    "T1701": "World Link withdrawal",
    "T1800": "General Buyer Credit Payment",
    "T1801": "BML Withdrawal - Transfer to BML",
    "T1900": (
        "General Account Correction; 普通账户更正; Allgemeine Kontokorrektur; Correction de compte standard; "
        "Corrección de cuenta general"
    ),
    "T2000": (
        "General intraaccount transfer; General Intra-Account Transfer; Allgemeine interne Kontobewegung; "
        "普通账户内转账"
    ),
    "T2001": "Consolidation Transfer; Settlement Consolidation",
    "T2002": "Withdraw funds to Partner Account; Transfer of funds from payable",
    "T2003": "Transfer To External GL Entity",
    "T2004": "Receivables financing",
    "T2101": "General Hold; 普通冻结; Allgemeine Einbehaltung; Suspension standard; Retención general",
    "T2102": (
        "General Hold Release; 普通冻结放款; Freigabe allgemeiner Einbehaltung; Déblocage de la suspension standard; "
        "Liberación de retención general"
    ),
    "T2103": (
        "Reserve Hold; 准备金冻结; 留存准备金; Einbehaltung als Reserve; Suspension de réserve; Retención de reserva"
    ),
    "T2104": "Reserve Release; 准备金放款; Freigabe der Reserve; Déblocage de réserve; Liberación de reserva",
    "T2105": (
        "Payment Review Hold; 付款审查冻结; Einbehaltung wegen Zahlungsprüfung; "
        "Suspension pour vérification de paiement; Retención por revisión de pago"
    ),
    "T2106": (
        "Payment Review Release; 付款审查放款; Freigabe nach Zahlungsprüfung; "
        "Déblocage après vérification de paiement; Liberación por revisión de pago"
    ),
    "T2107": "Payment Hold; 付款冻结; Einbehaltung einer Zahlung; Suspension de paiement; Retención de pago",
    "T2108": (
        "Payment Release; Payment Hold Release; 放款; 付款放款; Freigabe einer Zahlung; Déblocage de paiement; "
        "Liberación de pago"
    ),
    "T2109": "Gift Certificate Purchase",
    "T2111": "External Hold; Funds Not Yet Available",
    "T2112": "External Release; Funds Available",
    "T2113": "Blocked Payments",
    "T2114": "Tax hold; 税款冻结",
    "T2115": "Release on tax hold; Tax Release; 税款放款",
    "T2201": "Digital goods transaction",
    "T2301": "Tax withholding to IRS",
    "T3000": "General GI/Open wallet Transaction",
    "T9700": "Payables and Receivables",
    "T9701": "Funds Payable",
    "T9702": "Funds Receivable",
    "T9800": (
        "Display only transaction row; Order; Request; Money Request; Shopping Cart Item; Invoice Sent; 订单; "
        "购物车商品; 购物车物品; Bestellung; Warenkorbartikel; Commande; Article du panier; Objet du panier; Pedido; "
        "Artículo del carrito de la compra; Artículo de la cesta"
    ),
    "T9900": "Other; 其他; Sonstiges; Autre; Otros; Otro",
}
_STATUSES: Final = {
    "done": (
        "Completed; Cleared; Paid; Processed; Refunded; Partially Refunded; Reversed; Partially Reversed; Held; "
        "On Hold; Placed; Released; Funds available; Unreversed; Completed - Funds not yet available; 已完成; 已付款; "
        "已退款; 部分退款; 已撤销; 已结清; 已处理; 已冻结; 已放款; Abgeschlossen; Erstattet; Rückerstattet; "
        "Teilweise erstattet; Teilweise rückerstattet; Zurückgebucht; Bezahlt; Freigegeben; Einbehalten; Terminé; "
        "Effectué; Payé; Remboursé; Partiellement remboursé; Annulé après paiement; Suspendu; Débloqué; Completado; "
        "Pagado; Reembolsado; Reembolsado parcialmente; Parcialmente reembolsado; Revertido; Retenido; Liberado"
    ),
    "waiting": (
        "Pending; Processing; Unclaimed; Uncleared; Unpaid; To Be Paid; In Progress; Initiated; Created; Active; "
        "Waiting for approval; Funds not yet available; 待处理; 处理中; 等待中; 未结清; 未领取; 待付款; 未付款; "
        "Ausstehend; Offen; In Bearbeitung; Nicht abgeholt; Unbezahlt; En attente; En cours; En cours de traitement; "
        "Non réclamé; Impayé; Pendiente; En curso; Procesando; No reclamado; No pagado; Sin cobrar"
    ),
    "void": (
        "Denied; Canceled; Cancelled; Expired; Failed; Removed; Returned; Rejected; Voided; Void; Blocked; Declined; "
        "已拒绝; 已取消; 已过期; 失败; 已失败; 已退回; 已删除; 已作废; Abgelehnt; Storniert; Abgebrochen; Abgelaufen; "
        "Verfallen; Fehlgeschlagen; Entfernt; Refusé; Annulé; Expiré; Échoué; Échec; Retourné; Supprimé; Denegado; "
        "Rechazado; Cancelado; Caducado; Vencido; Expirado; Fallido; Devuelto; Eliminado; Anulado"
    ),
}
_IMPACTS: Final = {
    "moved": (
        "Credit; Debit; 贷记; 借记; 贷方; 借方; 收入; 支出; Haben; Soll; Gutschrift; Crédit; Débit; Crédito; Débito; "
        "Abono; Cargo"
    ),
    "memo": "Memo; 备忘; 备忘录; 无; Mémo; Nota",
}


def folded(word: str) -> str:
    """Word for comparison: NFKC, typographic apostrophes plain, without case, white space folded."""
    plain = unicodedata.normalize("NFKC", word).replace("\u2019", "'").replace("\u00b4", "'")
    return re.sub(r"\s+", " ", plain).strip().casefold()


def _by_word(groups: Mapping[str, str]) -> dict[str, str]:
    return {folded(word): name for name, words in groups.items() for word in words.split("; ")}


COLUMNS: Final = {normal(word): name for name, words in _COLUMNS.items() for word in words.split("; ")}
"""Spelling of a header (``table.normal``) -> the name used for the column."""
EVENTS: Final = _by_word(_EVENTS)
"""Folded type -> event code."""
STATUSES: Final = _by_word(_STATUSES)
"""Folded status -> ``done``, ``waiting`` or ``void``."""
IMPACTS: Final = _by_word(_IMPACTS)
"""Folded balance impact -> ``moved`` or ``memo``."""
