"""What real tools print of a form: forms as web pages, the tools, and how well their texts are read.

A tool is one function in ``tests.tools.printers``. ``python -m tests.tools.measure`` holds what is read of its texts
against the answers; ``python -m tests.tools.samples`` writes the samples. The tests need none of the tools.
"""
