"""`python -m converter` is `xl2json`."""

from converter.cli.main import main

if __name__ == "__main__":
    main()
