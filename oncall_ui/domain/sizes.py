"""Amounts of bytes in words, as disks are sold: thousands, not 1024s."""

UNITS = ("bytes", "kB", "MB", "GB", "TB")


def bytes_words(size: float) -> str:
    """`870 bytes`, `38 MB`, `2.3 GB`: two digits tell enough."""
    step = 0
    while size >= 999.5 and step < len(UNITS) - 1:
        size, step = size / 1000, step + 1
    digits = 1 if step and size < 9.95 else 0
    return f"{size:.{digits}f} {UNITS[step]}".replace(".0 ", " ")
