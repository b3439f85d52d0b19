"""A sandbox for untrusted files: a child process with limits on memory, time, files and system calls."""
