"""Tables that a spreadsheet program may open without running what strangers typed."""

# What a spreadsheet takes for a formula, a command or a foreign function (CWE-1236), full-width forms included.
DANGEROUS = frozenset("=+-@\t\r\n|%＝＋－＠｜％")
GUARD = "'"
GUARDED = DANGEROUS | {GUARD}


def guarded(cell: str) -> str:
    """Return the cell with an apostrophe before it where a spreadsheet could take it for a formula.

    A cell that begins with an apostrophe gets one too, so taking off one leading apostrophe always gives the cell
    back.
    """
    return GUARD + cell if cell[:1] in GUARDED else cell
