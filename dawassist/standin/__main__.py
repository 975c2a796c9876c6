"""`python -m dawassist.standin SESSION.rpp`."""

import sys

from dawassist.standin.process import main

sys.exit(main(sys.argv[1:]))
