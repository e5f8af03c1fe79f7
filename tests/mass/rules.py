"""Why describe-api, pandas and DuckDB differ: a name for each kind of difference, and what has to hold for it.

A function returns (rule, what was found) for each difference; the rule is None where no rule explains it."""

import collections

import exact
from readings import EMPTY, FIGURES, NUMBER, TEXT

RULES = {
    "refused: ragged": "describe-api refuses records with more cells than the header, and names them; a peer drops or shifts cells",
    "refused: no records": "a header without records has nothing to describe; the peers return an empty table",
    "refused: limit": "more columns than --column-limit",
    "peer refuses": "pandas or DuckDB finds no table in the file",
    "blanks between columns": "delimiter=whitespace has to be asked for; DuckDB tries the blank by itself",
    "delimiter": "describe-api finds semicolons, tabs and bars; pandas takes commas unless told otherwise",
    "title lines": "describe-api leaves out lines before the table, with a warning",
    "notes": "describe-api leaves out lines behind the table, with a warning",
    "no header": "a first record with numbers above numeric columns is data, with a warning; pandas takes it for names",
    "no header, texts too": "the same where other cells of it are texts above numeric columns: both are told, and only one is right",
    "header as data": "DuckDB takes the header for a record where all columns are texts to it, or the names are numbers",
    "row names": "pandas makes an index of a first column without a name in the header",
    "blank records": "records of nothing but delimiters are blank to describe-api and missing values to the peers",
    "short records": "DuckDB finds no delimiter where records are shorter than the header",
    "blanks in cells": "numbers with blanks around them, and blanks alone, are texts to DuckDB",
    "NaN": "DuckDB counts NaN as a value",
    "missing markers": "NA and the like are missing to describe-api and pandas, and texts to DuckDB",
    "dot": "a lone dot is missing to describe-api, as SAS and Stata write it, and a text to the peers",
    "identifier": "a column with leading zeros is an identifier, a number to pandas and a text to DuckDB",
    "infinity": "inf is a number to the peers, and a text in the tables of describe-api",
    "rounding": "describe-api has the exact figure; the sums of the peer's doubles lose digits",
}
TOLERANCE = 1e-9


def of_refusal(answer):
    for text, rule in (
        ("make them equal", "refused: ragged"),
        ("nothing to describe", "refused: no records"),
        ("--column-limit", "refused: limit"),
    ):
        if text in answer.refusal:
            return [(rule, answer.refusal.splitlines()[0])]
    return [(None, answer.refusal)]


def of_answer(answer, table):
    """What the answer has, against the documented rules and the exact figures."""
    if [*answer.described, *answer.skipped] == [] or {*answer.described, *answer.skipped} != set(table.names):
        return [(None, f"columns {[*answer.described, *answer.skipped]}, expected {table.names}")]
    found = []
    if answer.rows != table.rows:
        found.append((None, f"{answer.rows} rows, expected {table.rows}"))
    for name, cells in zip(table.names, table.columns):
        column = answer.described.get(name)
        is_numeric = exact.is_numeric(cells)
        if (column is not None) != is_numeric:
            is_identifier = is_numeric and exact.has_leading_zeros(cells)
            if not is_identifier:
                found.append((None, f"{name} is {'' if column else 'not '}numeric: {sample(cells)}"))
        elif column:
            n, missing, figures = exact.figures(cells)
            expected = {"n": n, "missing": missing, **figures}
            given = {"n": column.n, "missing": column.missing, **column.figures}
            found += [
                (None, f"{name}: {key} is {given[key]}, expected {expected[key]}") for key in expected if given[key] != expected[key]
            ]
    return found


def of_peer(answer, table, peer, reading):
    """The answer against what a peer read."""
    place = of_place(answer, table, peer, reading)
    if place:
        return [place]
    found = []
    columns = reading.columns
    if len(columns) + 1 == len(table.names) == len(table.header) + 1:
        found.append(("row names", ""))
        columns = [None, *columns]
    if len(columns) != len(table.names):
        return [(None, f"{peer} has {len(columns)} columns, not {len(table.names)}")]
    more_rows = reading.rows - answer.rows
    if more_rows:
        blank = table.blank_records + (table.blank_lines if len(columns) == 1 and peer == "DuckDB" else 0)
        found.append(("blank records" if more_rows == blank else None, f"{peer} has {more_rows:+} rows"))
    for at, (name, cells, column) in enumerate(zip(table.names, table.columns, columns)):
        if column:
            if peer == "pandas" and not is_name(name, column.name, table.header):
                found.append((None, f"{name}, pandas: {column.name}"))
            differences = of_column(answer.described.get(name), cells, at in table.padded, peer, column, more_rows)
            found += [(rule, f"{name}: {text}") for rule, text in differences]
    return found


def is_name(ours, theirs, header):
    """Whether two names are of one column; each program has names of its own for empty and repeated ones, and those with
    quotes in them."""
    has_own = header.count(ours) != 1 or '"' in ours
    return (bool(header) and has_own) or ours == theirs.strip()


def of_place(answer, table, peer, reading):
    """A difference that leaves nothing to compare, or None."""
    source = answer.source
    has_more = len(reading.columns) > 1
    if reading.refusal:
        return "peer refuses", f"{peer}: {reading.refusal.splitlines()[0]}"
    if len(table.names) == 1 and has_more and " " in table.first[0]:
        return "blanks between columns", peer
    if len(table.names) > 1 and not has_more and source["delimiter"] != ",":
        return "delimiter", f"{peer}: {source['delimiter']!r}"
    if len(table.names) > 1 and not has_more and source["short_records"]:
        return "short records", peer
    if source["skipped_rows"] and table.first[0] and not any(table.first[1:]):
        return "title lines", f"{peer}: {table.first[0]}"
    if table.notes:
        words = [word for note in table.notes for word in note[0].split()]
        if 2 * sum(exact.number(word) is not None for word in words) < len(words):
            return "notes", f"{peer}: {table.notes}"
        if len(table.names) > 1 and not answer.described:
            return "blanks between columns", f"{peer}: {table.notes[0]}"
    if not source["header_row"] and reading.rows == answer.rows - 1 and table.first[0]:
        rest = [(text, cells - collections.Counter([text])) for text, cells in zip(table.first, table.columns)]
        above = [text for text, cells in rest if not cells or exact.is_numeric(cells)]
        if any(map(exact.number, above)):
            has_text = any(text not in exact.MISSING and not exact.number(text) for text in above)
            return ("no header, texts too" if has_text else "no header"), f"{peer}: {table.first[:5]}"
    if peer == "DuckDB" and reading.rows == answer.rows + 1:
        named = {column.kind for name, column in zip(table.header, reading.columns) if name}
        if named <= {TEXT, EMPTY} or any(map(exact.number, table.header)):
            return "header as data", peer
    return None


def of_column(ours, cells, is_padded, peer, column, more_rows):
    if (ours is None) != (column.kind != NUMBER):
        kinds = f"{'a number' if ours else 'not a number'}, {peer}: {column.kind}; {sample(cells)}"
        return [(of_kind(ours, cells, is_padded, peer, column), kinds)]
    if ours is None:
        return []
    if (column.n, column.missing - more_rows) != (ours.n, ours.missing):
        nan = cells["NaN"] + cells["nan"]
        is_nan = peer == "DuckDB" and column.n - ours.n == ours.missing - (column.missing - more_rows) == nan
        return [("NaN" if is_nan else None, f"n and missing {ours.n}, {ours.missing}, {peer}: {column.n}, {column.missing}")]
    found = []
    for key in FIGURES:
        here, there = ours.figures[key], column.figures.get(key)
        if not is_close(here, there):
            found.append((of_figure(ours, key, here, there), f"{key} {here}, {peer}: {there}"))
    return found


def of_kind(ours, cells, is_padded, peer, column):
    texts = set(cells)
    if exact.has_leading_zeros(cells) and (peer == "pandas") == (ours is None):
        return "identifier"
    if ours and column.kind == TEXT:
        if "." in texts:
            return "dot"
        if peer == "DuckDB" and texts & exact.MISSING - {""}:
            return "missing markers"
        if peer == "DuckDB" and is_padded:
            return "blanks in cells"
    if ours is None and column.kind == NUMBER:
        if any(text.lower().lstrip("+-") in ("inf", "infinity") for text in texts):
            return "infinity"
    return None


def is_close(here, there):
    if here is None or there is None:
        return here is there
    return abs(here - there) <= TOLERANCE * abs(here)


def of_figure(ours, key, here, there):
    """Why a figure differs that is equal to the exact one, or else is a difference of its own already."""
    if here is None or there is None:
        return None
    largest = max(abs(ours.figures["min"]), abs(ours.figures["max"]))
    scale = {"mean": largest, "variance": largest**2, "skewness": 1, "kurtosis": 1}.get(key, 0)
    return "rounding" if abs(here - there) <= TOLERANCE * scale else None


def sample(cells):
    return ", ".join(repr(text) for text in list(cells)[:4])
