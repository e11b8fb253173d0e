"""The evidence of a judged synthesis: a page to read, and the same for machines."""

FOLDER = "compliance"
"""Where the report goes in a cloud assembly."""
BASE = "iryo:report-base"
"""The context key that names the report a new one is compared with."""
