"""Check digits. Each takes a number of the right form and says whether its check digit is right.

>>> siret("73282932000074"), siret("73282932000075")
(True, False)
>>> siret("35600000049837")                        # La Poste's establishments follow a sum of their own
True
>>> finess("750012346"), finess("2A0000014"), finess("3A0000013")
(True, True, False)
>>> rpps("10003456786"), rpps("10003456787"), rpps("100034567860000")
(True, False, True)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_ZERO: Final = ord("0")
_DOUBLED: Final = bytes.maketrans(b"0123456789", bytes(_ZERO + sum(divmod(2 * digit, 10)) for digit in range(10)))
_CORSICA: Final = {"2A": "21", "2B": "22"}
_LENGTH_OF_RPPS: Final = 11


def siret(number: str) -> bool:
    """SIRET (14 digits): Luhn over the whole, SIREN included; La Poste's plain sum of digits (python-stdnum)."""
    from stdnum.fr import siret as stdnum_siret

    return bool(stdnum_siret.is_valid(number))


def finess(number: str) -> bool:
    """FINESS (9 characters): Luhn, the Corsican departments 2A and 2B counted as 21 and 22."""
    return luhn(number if number.isdigit() else _CORSICA.get(number[:2], number[:2]) + number[2:])


def rpps(number: str) -> bool:
    """RPPS: Luhn over the 11 digits; the guide's 15-character form has no known check digit and passes."""
    return len(number) != _LENGTH_OF_RPPS or luhn(number)


def luhn(digits: str) -> bool:
    """The Luhn sum over plain digits; a property test holds it against python-stdnum's, which takes twice as long.

    >>> luhn("79927398713"), luhn("79927398710"), luhn("2C0000000")
    (True, False, False)
    """
    if not (digits.isascii() and digits.isdigit()):
        return False
    signs = digits.encode()
    return (sum(signs[-1::-2]) + sum(signs[-2::-2].translate(_DOUBLED)) - _ZERO * len(signs)) % 10 == 0


CHECKS: Final[dict[str, Callable[[str], bool]]] = {"siret": siret, "finess": finess, "rpps": rpps}
