"""Keys of the rows of a file that is resolved by itself: padded, so that the order of texts is that of rows."""


def row_key_sql(row_no: str = "row_no") -> str:
    """SQL for the key of a row by its number, which begins at 1."""
    return f"'row|file:' || lpad({row_no}::VARCHAR, 9, '0')"


def row_key(row: int) -> str:
    """The key of a row by its place, which begins at 0."""
    return f"row|file:{row + 1:09d}"


def row_of(key: str) -> int:
    """The place of a row, from 0, by its key."""
    return int(key.rpartition(":")[2]) - 1
