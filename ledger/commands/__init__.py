"""Commands: what officers ask for. Plain frozen structs; ``ledger.application`` judges and carries them out.

Amounts are ``Money`` nowhere here: registers and the API turn what people write into fen at their edge
through ``ledger.money``.
"""

from ledger.commands.accounts import CloseAccount as CloseAccount
from ledger.commands.accounts import DesignateAccount as DesignateAccount
from ledger.commands.books import AccrueRates as AccrueRates
from ledger.commands.books import DistributeGains as DistributeGains
from ledger.commands.books import ReceiveGains as ReceiveGains
from ledger.commands.books import RecordStatement as RecordStatement
from ledger.commands.command import Command as Command
from ledger.commands.command import Recording as Recording
from ledger.commands.command import name_of as name_of
from ledger.commands.corrections import ReverseEntry as ReverseEntry
from ledger.commands.corrections import UndoImport as UndoImport
from ledger.commands.demonstration import StartDemonstration as StartDemonstration
from ledger.commands.deposits import CollectDeposit as CollectDeposit
from ledger.commands.deposits import CreditIncome as CreditIncome
from ledger.commands.deposits import OpenBalance as OpenBalance
from ledger.commands.deposits import Refund as Refund
from ledger.commands.deposits import RefundDeposit as RefundDeposit
from ledger.commands.dues import CollectBulk as CollectBulk
from ledger.commands.dues import ExemptUnit as ExemptUnit
from ledger.commands.dues import LiftExemption as LiftExemption
from ledger.commands.dues import OverrideDue as OverrideDue
from ledger.commands.dues import RecordSale as RecordSale
from ledger.commands.payments import AcceptRepair as AcceptRepair
from ledger.commands.payments import CloseRepair as CloseRepair
from ledger.commands.payments import PayRepair as PayRepair
from ledger.commands.payments import ReturnRepairMoney as ReturnRepairMoney
from ledger.commands.payments import SettleRepair as SettleRepair
from ledger.commands.periods import ClosePeriod as ClosePeriod
from ledger.commands.persons import ErasePerson as ErasePerson
from ledger.commands.procedure import ApproveRepair as ApproveRepair
from ledger.commands.procedure import CountVote as CountVote
from ledger.commands.procedure import DeclareEmergency as DeclareEmergency
from ledger.commands.procedure import PostNotice as PostNotice
from ledger.commands.procedure import ProposeRepair as ProposeRepair
from ledger.commands.procedure import RefuseRepair as RefuseRepair
from ledger.commands.procedure import ReviewRepair as ReviewRepair
from ledger.commands.procedure import StartWorks as StartWorks
from ledger.commands.procedure import Step as Step
from ledger.commands.receipts import IssueReceipts as IssueReceipts
from ledger.commands.receipts import VoidReceipts as VoidReceipts
from ledger.commands.repairs import RecordRepair as RecordRepair
from ledger.commands.repairs import RepairPayment as RepairPayment
from ledger.commands.repairs import VoteFigures as VoteFigures
from ledger.commands.units import ChangeOwner as ChangeOwner
from ledger.commands.units import RegisterUnits as RegisterUnits
from ledger.commands.yearly import IssuePublication as IssuePublication
from ledger.commands.yearly import OpenItem as OpenItem
from ledger.commands.yearly import ReconcileStatement as ReconcileStatement
