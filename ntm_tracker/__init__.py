"""The version of the program; CHANGELOG.md says what each brought."""

__version__ = "0.6.0"
