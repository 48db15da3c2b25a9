"""The score of the reader stands at the end of every run that measured it."""

SCORES = {}


def pytest_terminal_summary(terminalreporter):
    if SCORES:
        terminalreporter.section("reader, by the scorer of the labelled notices")
        for name, summary in SCORES.items():
            figures = "  ".join(f"{key} {value}" for key, value in summary.items())
            terminalreporter.write_line(f"{name:>6}  {figures}")
