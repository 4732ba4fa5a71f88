"""``fund statement book|county|prefecture``: forms on the screen, as JSON, as a workbook."""
