"""The steps of the clinical pipeline: real code, the same on the laptop and in SageMaker.

`python3 -m mlops.steps <step>` runs one in the container contract; `train` and `serve` are the
commands that SageMaker gives an image itself.
"""
