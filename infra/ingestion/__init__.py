"""The ingestion room: records in over an API, de-identified records out into the lake."""
