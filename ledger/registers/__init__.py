"""Registers (登记册): officers' spreadsheets → validated commands. A register is a column specification."""

from ledger.registers.intake import REGISTERS, ImportResult, import_files, write_template
from ledger.registers.problems import Problem

__all__ = ["REGISTERS", "ImportResult", "Problem", "import_files", "write_template"]
