"""Many random flows on one engine, without stopping: `python -m random_flows ENGINE N [SEED] [FOLDER]`.

Prints what became of them, and writes each that went wrong, with the run, to FOLDER (default: random-ENGINE-SEED in
the system's folder for temporary files). The test of the same name shrinks a failure; this one shows how many kinds
there are. Exit code 1 when something is not permitted.
"""

from __future__ import annotations

import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from engines.airflow.engine import Airflow
from engines.github.engine import GitHub
from engines.kestra.engine import Kestra
from random_flows.judge import WAYS, Verdict, judge, keep
from random_flows.writer import Drawn, flows

ENGINES = {
    "kestra_2_0": lambda: Kestra("2.0.0"),
    "kestra_1_3": lambda: Kestra("1.3.31"),
    "airflow": Airflow,
    "github": GitHub,
}


def main(name: str, count: int, start: int, folder: Path) -> int:
    """Run `count` flows drawn from the seed `start`."""
    folder.mkdir(parents=True, exist_ok=True)
    engine = ENGINES[name]()
    seen: Counter[str] = Counter()
    begun = time.monotonic()

    @seed(start)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(drawn=flows())
    def one(drawn: Drawn) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            try:
                verdict = judge(WAYS[name], engine, drawn, Path(scratch))
            except Exception:
                verdict = Verdict(wrong=["an exception"], detail=traceback.format_exc())
        kind = "refused" if verdict.refused else "not shown" if verdict.unfit else "wrong" if verdict.wrong else "ok"
        seen[kind] += 1
        for message in verdict.refused:
            seen[f"refused: {message}"] += 1
        if verdict.wrong:
            path = keep(drawn, folder).with_suffix(".txt")
            text = [*verdict.wrong, "-----", drawn.text, str(drawn.inputs), "-----", verdict.detail]
            path.write_text("\n".join(text))
            print(f"{time.monotonic() - begun:.0f} s", path, *(found[:160] for found in verdict.wrong[:3]), flush=True)

    try:
        one()
    finally:
        engine.close()
    for kind, number in seen.most_common():
        print(number, kind)
    return 1 if seen["wrong"] else 0


if __name__ == "__main__":
    engine_name, number, *rest = sys.argv[1:]
    first = int(rest[0]) if rest else 1
    default = Path(tempfile.gettempdir()) / f"random-{engine_name}-{first}"
    sys.exit(main(engine_name, int(number), first, Path(rest[1]) if rest[1:] else default))
