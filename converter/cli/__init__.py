"""The command line: thin. It reads arguments, calls one job, and shows what came of it."""
