"""Numbers and measures as people write them: decimal signs, units, classes, several stems."""
