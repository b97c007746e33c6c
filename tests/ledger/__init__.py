"""The ledger: workbooks and the agency's words in, numbers, states and files out, on both databases (contract §6)."""
