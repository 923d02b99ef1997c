"""`python -m patency` is the command `patency`."""

import sys

from patency.start import main

sys.exit(main())
