"""Kubernetes objects as plain data, and what is asked of them before they are deployed.

Nothing here knows CDK: references that a deployment fills in are text to these modules.
"""
