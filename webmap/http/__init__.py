"""Rules for every response: errors, caching, security headers, request limits and the access log."""
