"""Readers of workbooks: XLSX, XLSB, XLS and ODS, sheet by sheet."""
