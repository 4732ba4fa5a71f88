"""The yearly publication pack (年度公布册), 165号令 art. 30: a query, a page for people and a workbook."""

from projections.publication.pack import Differs, NothingToPublish, Pack
from projections.publication.page import page
from projections.publication.query import publication_pack
from projections.publication.workbook import workbook

__all__ = ["Differs", "NothingToPublish", "Pack", "page", "publication_pack", "workbook"]
