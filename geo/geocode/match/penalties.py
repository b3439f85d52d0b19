"""The penalties of the address match: how much each difference between typed and recorded text weighs.

The lowest total wins. 0 means that every typed part is on record. The figures are relative: a wrong suffix
(4) is worse than a misread name (1), and a wrong unit (5) is worst, because it names somebody else's door.
"""

# Street
STREET_PART = 4  # another direction or suffix than the recorded one
MOVED_DIRECTION = 3  # the direction was typed after the street
STREET_ALIAS = 1  # another name of the street
STREET_SPELLING = 1  # the name is close in spelling
IGNORED_WORDS = 2  # words that mean nothing here

# House number
NUMBER_IN_WORDS = 1  # "nineteen twelve"
NUMBER_ADDITION = 4  # a typed fraction or letter that is not on record
NUMBER_ADDITION_MISSING = 3  # a recorded fraction or letter that was not typed
NUMBER_ADDITION_IGNORED = 1  # a fraction or letter that no number on this street has
NUMBER_RANGE = 3  # another upper end of a range
NUMBER_WITHIN_RANGE = 3  # a range on record holds the typed number
NUMBER_INSIDE_TYPED_RANGE = 6  # the typed range holds a number on record
NUMBER_MISTYPED = 7  # two digits swapped, or one replaced
NUMBER_NOT_ON_RECORD = 6  # the nearest on the same side is shown

# Unit
UNIT_DIFFERS = 5  # another unit is on record
UNIT_AS_LETTER = 1  # "2735 rear" for 2735R
UNIT_NOT_ON_RECORD = 2  # the address has no units

# Town, ZIP code and state
TOWN_SPELLING = 1  # a spoken or misspelled name of the town
TOWN_DIFFERS = 4
ZIP_DIFFERS = 2
ZIP_NOT_ON_RECORD = 1
ZIP_PLUS_FOUR = 1  # the four digits after the ZIP code are ignored
STATE_DIFFERS = 4

# The text as a whole
REWRITTEN_TEXT = 1  # for each rule that rewrote the text before it was parsed
