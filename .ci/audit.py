"""Judges what pip-audit found, as JSON on stdin.

Fails for a vulnerability that is known. An advisory database that could not be asked is said, and
fails only with --strict: a build must not depend on somebody else's server, and a silent one must
not look like an all-clear.
"""

import json
import sys
from typing import Any


def judge(text: str) -> tuple[list[str], int, int]:
    """What is vulnerable, of how many packages that was asked, and how many could not be."""
    try:
        found: list[dict[str, Any]] = json.loads(text)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return [], 0, 0
    asked = [each for each in found if "vulns" in each]
    vulnerable = [
        f"{each['name']} {each['version']}: {known['id']}"
        f" (mended in {', '.join(known.get('fix_versions') or ['nothing yet'])})"
        for each in asked
        for known in each["vulns"]
    ]
    return vulnerable, len(asked), len(found) - len(asked)


def main() -> int:
    vulnerable, asked, unknown = judge(sys.stdin.read())
    for line in vulnerable:
        print(line, file=sys.stderr)
    print(f"Packages: {asked} looked up, {len(vulnerable)} known vulnerabilities.")
    if unknown or not asked:
        print(
            "NOT AUDITED: the advisory database could not be asked about"
            f" {unknown or 'any'} of the packages. Run 'make audit' where it can be reached.",
            file=sys.stderr,
        )
    return 1 if vulnerable or ("--strict" in sys.argv and (unknown or not asked)) else 0


if __name__ == "__main__":
    sys.exit(main())
