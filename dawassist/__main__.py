"""`python -m dawassist` is the command `dawassist`."""

import sys

from dawassist.cli import main

sys.exit(main())
