"""Reads columns of values as the documentation tells their forms, apart from what writes them and what a page reads them with."""

from datetime import date, timedelta


def plainly(ids, fields):
    """Give the ids under `id`, and each field, as lists."""
    ids = plain(ids)
    return {"id": ids} | {name: plain(column, ids, fields) for name, column in fields.items()}


def plain(column, ids=(), fields=None):
    if isinstance(column, list):
        return column
    if "days" in column:
        first = date.fromisoformat(column["from"])
        return [None if n is None else str(first + timedelta(n)) for n in column["days"]]
    if "by" in column:
        return [column["of"][place] for place in fields[column["by"]]["at"]]
    if "else" in column:
        other = dict(zip(column["at"], column["else"], strict=True))
        return [other.get(at, id_) for at, id_ in enumerate(ids)]
    texts = [column["of"][at - 1] if at else None for at in column["at"]]
    return numbered(texts, iter(column["steps"])) if "steps" in column else texts


def numbered(stems, steps):
    last, whole = {}, []
    for stem in stems:
        digits = stem.count("#") if stem is not None else 0
        if digits:
            last[stem] = last.get(stem, 0) + next(steps)
            number = str(last[stem]).zfill(digits)
            whole.append(stem.replace("#" * digits, number))
        else:
            whole.append(stem)
    return whole
