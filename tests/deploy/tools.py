"""Where the tools of requirements.txt are: in build/tools, if they could be installed, or in the Python
that runs this."""
import os
import shutil
import sys

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "build", "tools")
SKIPPED = 77


def use():
    """Goes on with the Python that has them."""
    python = os.path.join(FOLDER, "bin", "python3")
    if os.path.exists(python) and os.path.realpath(sys.prefix) != os.path.realpath(FOLDER):
        os.execv(python, [python, *sys.argv])


def find(name):
    return shutil.which(name, path=os.path.join(FOLDER, "bin")) or shutil.which(name)


def skip(missing):
    print(f"{missing}; ./dev test installs what is needed")
    sys.exit(SKIPPED)
