"""Sentences that explain names of the code: one for each key, member and column of the reference pages.

`tools.reference_facts` and `tools.reference_files` look up the names in the code. A name without a
sentence, or a sentence without a name, stops the build.
"""

PROFILE_KEYS = {
    "layer": "The layer that the file is loaded into. Every profile has it.",
    "description": "One sentence about the file. It is stored with the source if the file has none of its own.",
    "licence": "The license of the data, if `--licence` does not give one.",
    "crs": "The coordinate reference system, if neither `--crs` nor the file names one.",
    "marks": "Columns by which the file is recognized. All of them must be in it.",
    "columns": "A table of fields. The value is a column, or a list of columns that are joined by a space.",
    "constants": "A table of fields that have the same value in every row.",
    "codes": "One table for each field, `[codes.FIELD]`. It lists the file's words for each code.",
    "unit": "A table of fields with the unit of their numbers, such as `cm`, `m`, `ft` or `girth cm`.",
    "factor": "A table of numbers. The file's values are multiplied by them to get the field's unit.",
    "unknown": "A table of fields with the values that stand for unknown.",
    "dates": "A table of fields with the format of their dates, as Python's strptime takes it, or a list of formats. A "
    "format without a day gives the first day of the month or the year.",
    "join": "How a second file without geometry is joined: `key` is the column here, `table_key` the one there.",
}
REPORT_MEMBERS = {
    "layer": "The layer.",
    "read": "The number of rows in the files.",
    "admitted": "How many rows were admitted. `read` is `admitted` plus `refused`.",
    "mended": "How many of the admitted rows had a value repaired.",
    "refused": "How many rows were refused.",
    "rows": "One entry for each row and note, in the order of the rows: `row`, `outcome` and `reason`. Row 1 is the "
    "first row of data.",
    "summary": "One entry for each kind of note: `outcome`, `reason`, and `rows` as their number. It counts every row, "
    "including those that `rows` leaves out.",
    "files": "The files, each with its `name`, its size in `bytes` and its `sha256`.",
    "profile": "The [profile](profiles.md), and whether it was guessed.",
    "mapping": "The column of each field, written as `--map` takes it.",
    "unused": "The columns that no field uses.",
    "crs": "The coordinate reference system, and how it was found.",
    "encoding": "The encoding of the text, if the files are text.",
    "unknowns": "For each field and each word that means unknown, the `count` of rows that have it, and which `rows`.",
    "in_short": "Notes whose rows are not listed one by one: the `count`, and which `rows`.",
    "header_row": "The row of the file that holds the names of the columns.",
    "table": "The table or sheet that was read.",
    "other_tables": "All sheets of a workbook that were not read, also those without a table.",
    "parts": "The number of rows of each sheet, where several sheets were read together.",
    "left_out": "The other sheets, layers, folders and files that hold rows: `name`, `kind`, the `file` that holds them, and "
    "their `rows`, null where nobody counted them.",
    "warnings": "What the reader of a file warns of, in sentences.",
    "date_epoch": "The year from which a workbook counts its days, 1900 or 1904.",
    "joined_table": "The second file, joined by a key: its `rows`, `rows_with_a_shape`, and the `shapes_without_a_row`.",
    "case_history": "How many `rows` became the history of how many `inspections`, and the `unclear_cases`: those whose rows of "
    "the latest day differ in status. Only if there are any.",
    "column_notes": "How whole columns were read, such as the order of day and month: the `reason`, the `count` of rows, and "
    "which `rows`.",
    "unmatched_keys": "Parcel numbers that name no parcel of the workspace: how many `keys`, the `count` of rows, which "
    "`rows`, and up to three `examples`. Only if there are any.",
    "far_from_towns": "The `count` of admitted rows that are more than 10 km from every town boundary, and their `rows`. Only if there "
    "are any.",
    "look_at": "Sentences about rows that a person should look at: lots in several rows, numbers of several lots, and "
    "parcels that are streets or may be.",
    "contradicting_places": "The `count` of admitted rows whose geometry lies more than 50 m from the file's own coordinate columns, "
    "and their `rows`. Only if there are any.",
    "equal_rows": "The `count` of rows that were refused because they equal another one, and their `rows`. Only if there are any.",
    "columns": "What each column was taken for: its `fields`, the `reason`, and the `confidence`: high, medium or low.",
    "recognized": "Whether the columns were recognized by names and contents, because no profile fits.",
    "missing_columns": "Columns that the profile names and the file does not have. Only if there are any.",
    "missing_fields": "Main fields of the layer that no column holds. Only if there are any.",
    "located": "How many rows have a `point`, else a `parcel` number, else an `address`, else `none` of them. Trees, "
    "sites and inspections have it.",
    "names_not_in_roster": "The names of trees that the roster of species does not have, each with its admitted rows, the most frequent "
    "first. Only if there are any.",
    "raster": "The grid of a canopy raster, as listed below.",
    "doubles": "Other sources of the layer that hold the same things: `source`, the number of shared `rows`, `of` how "
    "many, and whether it is the `same_file`.",
    "affected_edits": "The edited records that the load deletes or moves: `layer`, `id`, `change` (deleted or moved), the "
    "`edits` by field, how many `notes`, and `moved_m` in meters.",
    "review": "What a person should look at after the load: `tree_doubles`, `overlaps` of parcels and `lost_overrides`, each "
    "only if there are any.",
}
RASTER_MEMBERS = {
    "crs": "The coordinate reference system, as WKT.",
    "west": "The west edge of the known cells, in the units of the CRS.",
    "north": "Their north edge.",
    "cell_x": "The width of a cell.",
    "cell_y": "The height of a cell.",
    "bands": "The number of bands. The first one is read.",
    "flip_x": "Whether the columns of the file run from east to west.",
    "flip_y": "Whether the rows of the file run from south to north.",
    "cells": "How many cells are `canopy`, `none` or `unknown`.",
    "nodata": "The value that means unknown, if there is one.",
    "values": "The known values of the file.",
    "classes": "The values that mean canopy, as pairs of lowest and highest. Without `--classes` it is empty, and 1 is "
    "canopy.",
}
# Columns of `address-index.arrow`.
INDEX_COLUMNS = {
    "key": "The street and the house number in one number: `street id * 2**20 + number`. Rows are sorted by it.",
    "high": "The upper number of a range. 0 without a range.",
    "frac": "The fraction of a house number, as a code.",
    "letter": "The letter after it, as a code.",
    "unit": "The unit, as a code.",
    "town": "The town, as a code.",
    "postal": "The post office, as a code.",
    "zip": "The ZIP code, as a code.",
    "parcel": "The position of the parcel in `parcel_index.ids`. -1 without one.",
    "lon": "The longitude of the address. NaN if it has no point of its own.",
    "lat": "Its latitude.",
    "ranges": "The rows that have a range.",
    "parcel_index.town": "The town of each parcel, as a position in `town_names`.",
    "parcel_index.lon": "The longitude of each parcel.",
    "parcel_index.lat": "Its latitude.",
    "parcel_index.rows_by_parcel": "The rows of all parcels, parcel by parcel.",
    "parcel_index.row_start": "Where the rows of each parcel begin in `rows_by_parcel`.",
    "parcel_index.number_keys": "Parcel numbers without separators, sorted, as bytes of one width.",
    "parcel_index.number_parcels": "The parcel of each of them.",
    "parcel_index.old_number_keys": "The same for earlier parcel numbers.",
    "parcel_index.old_number_parcels": "The parcel of each of them.",
    "parcel_index.ids.data": "The ids of all parcels as UTF-8.",
    "parcel_index.ids.offsets": "Where each id begins.",
    "parcel_index.old_ids.data": "Their earlier numbers as UTF-8.",
    "parcel_index.old_ids.offsets": "Where each of them begins.",
    "intersections.lon": "The longitude of each street node.",
    "intersections.lat": "Its latitude.",
    "number_street_keys": "The house number and the street in one number, sorted by number.",
    "nodes": "The nodes of all streets, street by street.",
    "nodes.offsets": "Where the nodes of each street begin.",
}
# Members of the JSON in the metadata of `address-index.arrow`.
INDEX_EXTRAS = {
    "categories": "The texts behind the codes of each column.",
    "street_labels": "Each street as it is written, by its id.",
    "streets": "Each street in its parts: direction, name, suffix, trailing direction.",
    "streets_by_name": "Every way to read a street, with its id.",
    "aliases": "Other names of streets.",
    "places": "The spelling of towns and post offices.",
    "place_aliases": "The towns and post offices by their spoken names.",
    "town_names": "The towns that `parcel_index.town` counts.",
    "landmarks": "The landmarks with their points.",
    "districts": "The districts: id, kind, name, towns, longitude, latitude.",
    "intersections": "The streets of the intersections, as above.",
    "widths": "The widths of the columns that hold bytes.",
}
FOUND_COLUMNS = {
    "text": "The address as the file has it.",
    "parcels": "The ids of its parcels. Null in the row of an intersection.",
    "towns": "The towns of these parcels.",
    "lon": "The longitude of the intersection that the text names, if any.",
    "lat": "Its latitude.",
}
TILE_COLUMNS = {
    "id": "The id of the record. The number of the row is the number of the feature in tiles.",
    "shape": "The geometry in degrees, as WKB, in two dimensions.",
    "cells": "The Morton codes of all cells that any record reaches, sorted, in the first row.",
    "of_cell": "The row that reaches each of them, also in the first row.",
}
# Members of the header and columns of each offline file.
OFFLINE_MEMBERS = {
    "index.bin": {
        "format": "The version of the format.",
        "words": "The words that the parser knows: suffixes, directions, units, ordinals and the like.",
        "texts": "The texts of the columns `frac`, `letter` and `unit`.",
        "here": "The triples of town, ZIP code and post office.",
        "labels": "Each street as it is written, by its id.",
        "parts": "Each street in its parts.",
        "byName": "Every way to read a street, by its name.",
        "aliases": "Other names of streets.",
        "places": "The spelling of towns and post offices.",
        "placeAliases": "The towns and post offices by their spoken names.",
    },
    "corners.bin": {
        "format": "The version of the format.",
        "labels": "Each street as it is written, by its id.",
        "byName": "Every way to read a street, by its name.",
        "inFull": 'The full name of each street, and the name without "and".',
        "aliases": "Other names of streets.",
        "landmarks": "The landmarks: name, town, longitude, latitude.",
        "districts": "The districts: id, kind, name, towns, longitude, latitude.",
    },
    "towns/TOWN.bin": {
        "format": "The version of the format.",
        "town": "The name of the town. Empty for addresses without a known town.",
        "rows": "How many addresses the town has.",
        "old": "Earlier parcel numbers, each with the current number.",
        "others": "The towns of parcels that lie outside.",
        "ids": "The parcel numbers, one a line: those of the addresses in the order of the index, then parcels without "
        "an address.",
    },
}
OFFLINE_COLUMNS = {
    "index.bin": {
        "counts": "The rows of each street.",
        "nones": "How many of them have no house number.",
        "numbers": "Each house number as the difference from the one before, street by street.",
        "high": "Ranges, sparse: the upper number minus the lower one.",
        "frac": "Fractions, sparse.",
        "letter": "Letters, sparse.",
        "unit": "Units, sparse.",
        "place": "Runs: the position of a triple in `here`, and the number of rows that have it.",
    },
    "corners.bin": {
        "nodeCounts": "The nodes of each street.",
        "nodes": "Each node as the difference from the one before, street by street.",
        "nodeTowns": "The town of each node, as a position in `nodeTownNames`.",
        "nodeLon": "Longitudes, as points are written below.",
        "nodeLat": "Latitudes.",
        "nodeTownNames": "The names of towns: for each the number of its bytes, then its UTF-8.",
    },
    "towns/TOWN.bin": {
        "Lon": "Longitudes of the addresses and of the parcels without one, as points are written below.",
        "Lat": "Latitudes.",
    },
}
