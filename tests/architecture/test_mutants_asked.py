"""Questions that mean nothing to the mutation testing, and a second run beside the first."""

from pathlib import Path

import pytest

from tools.mutants import keeping
from tools.mutants.__main__ import main


@pytest.mark.parametrize(
    "words",
    [
        ("--size", "0"), ("--size", "-5"), ("--jobs", "0"), ("--minutes", "0"), ("--minutes", "nan"), ("--changed", ""),
        ("--changed", "HEAD~2..HEAD"), ("--changed", "HEAD", "--chosen"), ("nowhere",),
    ],
)  # fmt: skip
def test_a_question_that_means_nothing_is_refused(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(words)

    assert refused.value.code == 2
    assert "error: argument" in capsys.readouterr().err


def test_only_one_run_is_on_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "KEPT", tmp_path)

    with keeping.only_run(), pytest.raises(ValueError, match="another run"), keeping.only_run():
        pass

    with keeping.only_run():
        pass
