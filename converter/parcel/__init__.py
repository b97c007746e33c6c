"""From sound requests to a deposit: the files to enclose, the names, the JSON, the plan, and writing it."""
