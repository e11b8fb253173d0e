"""The application service: de-identified records by source and day, for whoever has its token."""
