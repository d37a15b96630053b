"""Tables handed on: as a workbook, as CSV files, as databases."""
