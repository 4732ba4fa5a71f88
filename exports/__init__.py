"""Exports (导出): the books as files that other programs read and verify (``docs/exports.md``)."""
