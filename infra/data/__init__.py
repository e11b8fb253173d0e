"""The data room: the lake, its access logs and the trail."""
