"""Vietnamese text, numbers and dates as officers write and read them; nothing of the field."""

import re
import unicodedata
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
# Two digits a character: nothing but digits stands in a key, for a database may pass over spaces and signs when it
# sorts. A name's end comes before a space, a space before a sign, then digits, then letters.
_END, _SPACE, _SIGN = "00", "01", "02"
_RANK = {char: f"{rank}" for rank, char in enumerate("0123456789" + _LETTERS, start=10)}
# Order of the tone marks in Vietnamese dictionaries: none, grave, hook above, tilde, acute, dot below.
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}


class NotANumber(ValueError):
    """The text is no number; the message tells the officer what to type."""


class NotADate(ValueError):
    """The text is no day of the calendar; the message tells the officer what to type."""


def nfc(text: str) -> str:
    """The text in composed form with single spaces: one way to write each letter."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold(text: str) -> str:
    """The text without marks and in lower case, for searching: 'Thuỷ' and 'Thủy' are both 'thuy', 'Đường' is 'duong'."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def plain_name(text: str) -> str:
    """The text as it may stand in an address or in the name of a file: 'xã Sơn Bình' is 'xa-son-binh'."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")


def sort_key(text: str) -> str:
    """A key whose byte order is the Vietnamese dictionary order on every database.

    Letters decide first (đ after d, ă after a), word by word, digits before them; tones decide among equal letters.
    """
    letters, tones = [], []
    for char in unicodedata.normalize("NFC", text.casefold()):
        base, tone = "", "0"
        for part in unicodedata.normalize("NFD", char):
            if part in _TONES:
                tone = _TONES[part]
            else:
                base += part
        base = unicodedata.normalize("NFC", base)
        letters.append(_RANK.get(base) or (_SPACE if base.isspace() else _SIGN))
        if base in _RANK:
            tones.append(tone)
    return "".join(letters) + _END + "".join(tones)


def parse_number(text: str) -> Decimal | None:
    """The number in `text`, or None if it is empty.

    Takes the Vietnamese form (1.234,5) and the form of calculators (1234.5). A full stop followed by groups of
    exactly three digits separates thousands, so '1.234' is 1234; '12.5' and '0.125' are decimals.
    Raises NotANumber for anything else.
    """
    compact = re.sub(r"[\s\u00a0]", "", unicodedata.normalize("NFKC", text)).replace("\u2212", "-")
    if not compact:
        return None
    if re.fullmatch(r"-?[1-9]\d{0,2}(\.\d{3})+(,\d+)?", compact):
        compact = compact.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"-?[1-9]\d{0,2}(,\d{3}){2,}(\.\d+)?|-?[1-9]\d{0,2}(,\d{3})+\.\d+", compact):
        compact = compact.replace(",", "")
    elif re.fullmatch(r"-?\d+([.,]\d+)?", compact):
        compact = compact.replace(",", ".")
    else:
        raise NotANumber(f"“{text.strip()[:40]}” không phải là số. Nhập chữ số, ví dụ 93,4 hoặc 1.234,5.")
    try:
        number = Decimal(compact)
    except InvalidOperation as error:  # pragma: no cover - the patterns above admit only numbers
        raise NotANumber(f"“{text.strip()[:40]}” không phải là số.") from error
    # There is one zero.
    return number if number else abs(number)


def format_number(value: Decimal | float | int | None, places: int | None = None) -> str:
    """The number with a decimal comma and full stops between thousands; '' for None.

    Without `places` it shows the digits that say something: 93.40 is '93,4', 80 is '80'. With them it rounds half
    up, as people do: 62.5 to no places is '63'.
    """
    if value is None:
        return ""
    number = Decimal(str(value))
    if places is None:
        number = number.normalize()
        places = max(0, -number.as_tuple().exponent)
    else:
        number = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{number:,.{places}f}".translate(str.maketrans(",.", ".,"))


def parse_date(text: str) -> date | None:
    """The day written as day/month/year, or None if empty. Raises NotADate, worded for the officer."""
    text = text.strip()
    if not text:
        return None
    match = re.fullmatch(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})", text)
    iso = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text)
    if match:
        day, month, year = map(int, match.groups())
    elif iso:
        year, month, day = map(int, iso.groups())
    else:
        raise NotADate(f"“{text[:40]}” không phải là ngày. Nhập ngày/tháng/năm, ví dụ 28/3/2024.")
    try:
        return date(year, month, day)
    except ValueError as error:
        raise NotADate(
            f"Ngày {day}/{month}/{year} không có trong lịch. Nhập ngày/tháng/năm, ví dụ 28/3/2024."
        ) from error


def format_date(day: date | None) -> str:
    """dd/mm/yyyy; '' for None."""
    return day.strftime("%d/%m/%Y") if day else ""
