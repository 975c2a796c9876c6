"""No test touches the caches or the journal of the person who runs it, and none is judged by the clock or by chance."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


@pytest.fixture(scope="session", autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAWASSIST_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("DAWASSIST_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        yield
