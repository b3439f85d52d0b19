"""Benchmarks: lotleaf beside what people use instead."""
