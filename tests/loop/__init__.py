"""The whole way round: convert, deposit, read the answer, correct, and again, until the agency has accepted everything."""
