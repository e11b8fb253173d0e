"""What SageMaker's training toolkit starts: the image has it as /opt/ml/code/train.py.

The toolkit hands hyperparameters over as arguments; the step reads the file that they come from.
"""

import sys

from mlops.steps.__main__ import main

if __name__ == "__main__":
    sys.exit(main(["train"]))
