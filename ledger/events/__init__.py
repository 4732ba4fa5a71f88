"""The published language: every fact the log can hold, as plain frozen structs.

An event has an explicit topic and schema version, never a module path, so code may move and history
stays readable. Amounts are integer fen (``_fen``), areas integer dm² (``_dm2``: 0.01 m²), dates business
days in Shanghai. No personal data: persons appear as a ``_ref`` into the party register only.

A line of a multi-line event is one entry of one unit account (分户账) or of one bank account. All events are
to be had from here, wherever they are written.
"""

from ledger.events.account import BankAccountClosed as BankAccountClosed
from ledger.events.account import BankAccountDesignated as BankAccountDesignated
from ledger.events.bank import StatementLine as StatementLine
from ledger.events.bank import StatementRecorded as StatementRecorded
from ledger.events.bank import StatementReversalLine as StatementReversalLine
from ledger.events.bank import StatementReversed as StatementReversed
from ledger.events.book import BankGainsReceived as BankGainsReceived
from ledger.events.book import BuildingsEntered as BuildingsEntered
from ledger.events.book import BuildingShare as BuildingShare
from ledger.events.book import GainCategory as GainCategory
from ledger.events.book import GainLine as GainLine
from ledger.events.book import GainReversalLine as GainReversalLine
from ledger.events.book import GainsDistributed as GainsDistributed
from ledger.events.book import GainsReversed as GainsReversed
from ledger.events.building import BalanceOpened as BalanceOpened
from ledger.events.building import BuildingOpened as BuildingOpened
from ledger.events.building import DepositCollected as DepositCollected
from ledger.events.building import DepositKind as DepositKind
from ledger.events.building import DepositLine as DepositLine
from ledger.events.building import DepositRefunded as DepositRefunded
from ledger.events.building import EntryKind as EntryKind
from ledger.events.building import EntryReversed as EntryReversed
from ledger.events.building import IncomeCategory as IncomeCategory
from ledger.events.building import IncomeCredited as IncomeCredited
from ledger.events.building import IncomeLine as IncomeLine
from ledger.events.building import InterestAccrued as InterestAccrued
from ledger.events.building import InterestLine as InterestLine
from ledger.events.building import Management as Management
from ledger.events.building import OpeningLine as OpeningLine
from ledger.events.building import OwnerChanged as OwnerChanged
from ledger.events.building import RefundLine as RefundLine
from ledger.events.building import RefundReason as RefundReason
from ledger.events.building import ReversalLine as ReversalLine
from ledger.events.building import UnitLine as UnitLine
from ledger.events.building import UnitsRegistered as UnitsRegistered
from ledger.events.building import Usage as Usage
from ledger.events.building import WithdrawalLine as WithdrawalLine
from ledger.events.building import WithdrawalPaid as WithdrawalPaid
from ledger.events.corrections import PaymentReversed as PaymentReversed
from ledger.events.custody import CustodyLine as CustodyLine
from ledger.events.custody import CustodyTransferredIn as CustodyTransferredIn
from ledger.events.custody import CustodyTransferredOut as CustodyTransferredOut
from ledger.events.destruction import BuildingDestroyed as BuildingDestroyed
from ledger.events.destruction import ObligationLine as ObligationLine
from ledger.events.destruction import ObligationPaid as ObligationPaid
from ledger.events.destruction import ObligationPaymentLine as ObligationPaymentLine
from ledger.events.destruction import ObligationPaymentReversed as ObligationPaymentReversed
from ledger.events.destruction import ObligationReversalLine as ObligationReversalLine
from ledger.events.destruction import PayeeKind as PayeeKind
from ledger.events.dues import DueOverridden as DueOverridden
from ledger.events.dues import ExemptionLifted as ExemptionLifted
from ledger.events.dues import PublicUnitSold as PublicUnitSold
from ledger.events.dues import UnitExempted as UnitExempted
from ledger.events.event import Event as Event
from ledger.events.event import Evidence as Evidence
from ledger.events.event import Origin as Origin
from ledger.events.event import Piece as Piece
from ledger.events.office import CommandRefused as CommandRefused
from ledger.events.office import DemonstrationStarted as DemonstrationStarted
from ledger.events.office import ImportUndone as ImportUndone
from ledger.events.office import PersonErased as PersonErased
from ledger.events.payment import RepairClosed as RepairClosed
from ledger.events.payment import RepairMoneyReturned as RepairMoneyReturned
from ledger.events.payment import ReturnLine as ReturnLine
from ledger.events.payment import WithdrawalReturned as WithdrawalReturned
from ledger.events.period import PeriodClosed as PeriodClosed
from ledger.events.procedure import EmergencyDeclared as EmergencyDeclared
from ledger.events.procedure import RefusedAt as RefusedAt
from ledger.events.procedure import RepairRefused as RepairRefused
from ledger.events.procedure import RepairReviewed as RepairReviewed
from ledger.events.rates import BuildingCredit as BuildingCredit
from ledger.events.rates import ListedRate as ListedRate
from ledger.events.rates import Product as Product
from ledger.events.rates import RatesAccrued as RatesAccrued
from ledger.events.receipts import ReceiptCodesEntered as ReceiptCodesEntered
from ledger.events.receipts import ReceiptsIssued as ReceiptsIssued
from ledger.events.receipts import ReceiptsVoided as ReceiptsVoided
from ledger.events.repair import Ballot as Ballot
from ledger.events.repair import BuildingRead as BuildingRead
from ledger.events.repair import Choice as Choice
from ledger.events.repair import Developer as Developer
from ledger.events.repair import Liable as Liable
from ledger.events.repair import NoticePosted as NoticePosted
from ledger.events.repair import Payee as Payee
from ledger.events.repair import ProjectUnit as ProjectUnit
from ledger.events.repair import RepairAccepted as RepairAccepted
from ledger.events.repair import RepairApproved as RepairApproved
from ledger.events.repair import RepairPaid as RepairPaid
from ledger.events.repair import RepairProposed as RepairProposed
from ledger.events.repair import RepairSettled as RepairSettled
from ledger.events.repair import RepairStarted as RepairStarted
from ledger.events.repair import SelfRaised as SelfRaised
from ledger.events.repair import Stage as Stage
from ledger.events.repair import VoteCounted as VoteCounted
from ledger.events.treasury import BondBought as BondBought
from ledger.events.treasury import BondChannel as BondChannel
from ledger.events.treasury import BondInterestReceived as BondInterestReceived
from ledger.events.treasury import BondRedeemed as BondRedeemed
from ledger.events.treasury import Consent as Consent
from ledger.events.treasury import ConsentKind as ConsentKind
from ledger.events.treasury import DepositLotKind as DepositLotKind
from ledger.events.treasury import InvestmentEnded as InvestmentEnded
from ledger.events.treasury import InvestmentKind as InvestmentKind
from ledger.events.treasury import InvestmentRecorded as InvestmentRecorded
from ledger.events.treasury import LotKind as LotKind
from ledger.events.treasury import OtherExpensePaid as OtherExpensePaid
from ledger.events.treasury import OtherIncomeReceived as OtherIncomeReceived
from ledger.events.treasury import PettyCashAdvanced as PettyCashAdvanced
from ledger.events.treasury import PettyCashReturned as PettyCashReturned
from ledger.events.treasury import TimeDepositEnded as TimeDepositEnded
from ledger.events.treasury import TimeDepositPlaced as TimeDepositPlaced
from ledger.events.treasury import TreasuryKind as TreasuryKind
from ledger.events.treasury import TreasuryReversed as TreasuryReversed
from ledger.events.units import ChangeReason as ChangeReason
from ledger.events.units import MoveLine as MoveLine
from ledger.events.units import UnitFrozen as UnitFrozen
from ledger.events.units import UnitReleased as UnitReleased
from ledger.events.units import UnitsChanged as UnitsChanged
from ledger.events.yearly import PublicationIssued as PublicationIssued
from ledger.events.yearly import PublishedTotals as PublishedTotals
from ledger.events.yearly import ReconcilingItem as ReconcilingItem
from ledger.events.yearly import StatementReconciled as StatementReconciled


def _concrete(base: type[Event]) -> list[type[Event]]:
    return [found for kind in base.__subclasses__() for found in (kind, *_concrete(kind))]


TOPICS: dict[str, type[Event]] = {kind.TOPIC: kind for kind in _concrete(Event)}
"""Every topic and its current struct; older shapes go through ``ledger.upcasts``."""
