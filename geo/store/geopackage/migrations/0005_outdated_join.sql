-- The join has new fields (the address of an inspection's parcel) and new rules on which towns a source covers.
-- Version 0 makes the last join count as outdated, so that the next load or edit runs it again.
UPDATE lotleaf_joins SET version = 0;
