"""Finding addresses, measured: right at first, among five, never a false exact; and how long it takes, beside others."""
