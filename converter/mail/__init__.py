"""Messages that carry workbooks: taken in from wherever they lie, and answered by a draft."""
