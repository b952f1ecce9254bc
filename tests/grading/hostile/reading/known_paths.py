"""Opens what it knows to be there: a submission, the results, the seeds.

expect: raised 0
hint: nothing found
"""


def additive_score(query, keys, v):
    found = []
    for path in ("@VICTIM@", "@RESULTS@/marks.sqlite3", "@OPEN@/hostile-secret", "/etc/shadow"):
        try:
            with open(path, "rb") as file:
                found.append((path, len(file.read(100))))
        except OSError:
            pass
    raise RuntimeError(f"found {found}" if found else "nothing found")
