"""Writes, a module a subject. One transaction each; the history is written in the same one."""
