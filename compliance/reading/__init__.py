"""What rules read: documents inside properties, and what several resources say together."""
