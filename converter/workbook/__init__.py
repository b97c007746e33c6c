"""Spreadsheets: reading them safely, finding the columns, writing the blank one."""
