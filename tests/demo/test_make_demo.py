"""The files in the repository are what the script writes, to the byte."""

from demo.make_demo import COLUMNS, build, files
from tests.demo.files import DEMO


def test_a_fresh_run_writes_the_committed_files() -> None:
    for name, content in files(build()).items():
        assert (DEMO / f"{name}.csv").read_bytes() == content.encode(), name


def test_the_folder_holds_the_nine_files_and_no_other() -> None:
    assert {path.stem for path in DEMO.glob("*.csv")} == set(COLUMNS)


def test_the_files_are_small_enough_to_live_in_the_repository() -> None:
    assert sum(path.stat().st_size for path in DEMO.glob("*.csv")) < 6_000_000
