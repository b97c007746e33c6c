"""The HTML report: one self-contained page of what a run found, for the person who fills the workbook in."""
