"""Bytes of a spreadsheet's export → rows of cells, whatever its encoding and delimiter."""

import csv
import io
from collections import Counter
from collections.abc import Sequence

from oncall_ui.domain.schedules.rota_import.rota import MOST_ENTRIES, NotARota

LARGEST = 8 * 1024 * 1024
"""Bytes. A row takes some 60, so this holds many times as many rows as are read."""
_DELIMITERS = ",;\t|"
_SAMPLE = 40
_MOST_CELLS = 200
_HINT = "sep="
"""Excel's own way to name the delimiter, in the first line."""

Row = tuple[int, list[str]]
"""Its line in the file, from 1, and its cells."""


def rows_of(data: bytes) -> list[Row]:
    """Without empty rows. Raises NotARota for what isn't a table of text."""
    if len(data) > LARGEST:
        raise NotARota(f"This file is larger than {LARGEST // 1024 // 1024} MB. Import a shorter span.")
    text = _text(data)
    if text[:4].lower() == _HINT:
        head, _, text = text.partition("\n")
        return _read(text, head[4:5], first_line=2)
    return _read(text, _delimiter(text), first_line=1)


def _text(data: bytes) -> str:
    if data[:2] == b"PK" or data[:4] == b"\xd0\xcf\x11\xe0":
        raise NotARota("This is a spreadsheet, not a CSV file. Save it as CSV first.")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace").replace("\0", "")
    if b"\0" in data[:4096]:
        raise NotARota("This isn’t a text file. Save the rota as CSV or ICS first.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    return text.replace("\0", "")


def _delimiter(text: str) -> str:
    """The one that cuts most of the first lines into the same number of cells, at least two."""
    sample = "\n".join(text.split("\n", _SAMPLE)[:_SAMPLE])
    return max(_DELIMITERS, key=lambda each: _evenness(sample, each))


def _evenness(sample: str, delimiter: str) -> tuple[int, int]:
    try:
        sizes = Counter(len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter) if row)
    except csv.Error:
        return (0, 0)
    size, count = max(sizes.items(), key=lambda each: (each[0] > 1, each[1], each[0]), default=(0, 0))
    return (count, size) if size > 1 else (0, 0)


def _read(text: str, delimiter: str, first_line: int) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or ",", skipinitialspace=True)
    found: list[Row] = []
    try:
        for cells in reader:
            if any(each.strip() for each in cells):
                found.append((reader.line_num + first_line - 1, [each.strip() for each in cells[:_MOST_CELLS]]))
            if len(found) > MOST_ENTRIES:
                raise NotARota(f"More than {MOST_ENTRIES:,} rows are too many. Import a shorter span.")
    except csv.Error:
        raise NotARota(f"Line {reader.line_num} can’t be read as CSV. Is a quotation mark missing?") from None
    return found


def column(rows: Sequence[Row], number: int) -> list[str]:
    return [cells[number] for _, cells in rows if number < len(cells)]
