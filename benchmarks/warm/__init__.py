"""Requests to functions that are warm, each stack in a process of its own, on one PostgreSQL."""
