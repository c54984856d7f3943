"""What the pages of docs/ tell readers to type succeeds, line by line, on a recording host."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from box.checks import benchmarks
from box.cli import main
from tests.conftest import call, copied
from tests.pages import DOCS, Put, scripts, section, steps
from tests.sample_node import furnish

from tholos.bootstrap import Engine
from tholos.edges.hestia import limit
from tholos.edges.rest.plan import Planned
from tholos.install.cli import STEPS
from tholos.kernel.command import COMMANDS
from tholos.resources.access.permissions import shipped
from tholos.resources.web.templates import SERVED

TYPED = ("access-keys.md", "web-sites.md")
"""Pages whose calls are run, in their order."""


@pytest.fixture(scope="module")
def node(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnish(seeded, tmp_path_factory.mktemp("pages") / "node")


@pytest.fixture
def engine(node: Path) -> Iterator[Engine]:
    with copied(node) as engine:
        yield engine


@pytest.mark.parametrize("page", TYPED)
def test_what_a_page_says_can_be_typed(page: str, engine: Engine) -> None:
    root = engine.applier.host.root
    blocks = scripts((DOCS / page).read_text(encoding="utf-8"))
    assert blocks
    for step in (step for block in blocks for step in steps(block)):
        if isinstance(step, Put):
            (root / step.path.lstrip("/")).write_text(step.content)
        elif step[:2] == ["mkdir", "-p"]:
            (root / step[2].lstrip("/")).mkdir(parents=True, exist_ok=True)
        else:
            code, text = call(engine, *step)
            assert code == 0, f"{page}: {step}: {text}"


def test_disk_quotas_are_switched_on_as_the_page_says(engine: Engine) -> None:
    (block,) = scripts(section("install.md", "Disk quotas"))
    for step in steps(block):
        assert call(engine, *step)[0] == 0
    assert "setquota" not in (engine.applier.host.root / "commands.log").read_text(), "alice has no limit"
    assert call(engine, "v-change-user-config-value", "alice", "DISK_QUOTA", "100")[0] == 0
    assert call(engine, "v-update-user-quota", "alice")[0] == 0
    assert "setquota" in (engine.applier.host.root / "commands.log").read_text()


@pytest.mark.parametrize("page", sorted(page.name for page in DOCS.glob("*.md")))
def test_commands_that_a_page_names_are_there(page: str) -> None:
    named = set(re.findall(r"`(v-[a-z0-9-]+[a-z0-9])[` ]", (DOCS / page).read_text(encoding="utf-8")))
    missing = named - set(COMMANDS) - {"v-make-tmp-file"}
    assert not missing or page == "compatibility.md"


@pytest.mark.parametrize(
    "page", ["README.md", *sorted(str(page.relative_to(DOCS.parent)) for page in DOCS.rglob("*.md"))]
)
def test_links_lead_to_something(page: str) -> None:
    path = DOCS.parent / page
    for link in re.findall(r"\]\(([^)#:]+?)?(#[^)]*)?\)", path.read_text(encoding="utf-8")):
        target = path.parent / link[0] if link[0] else path
        assert target.exists(), f"{page}: {link[0]}"
        if link[1] and target.suffix == ".md" and "reference" not in target.parts:
            assert link[1][1:] in anchors(target), f"{page}: {link}"


def anchors(page: Path) -> set[str]:
    """The anchors of a page's titles, as GitHub makes them."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_the_installer_s_steps_are_told_in_their_order() -> None:
    text = section("install.md", "On a server: Debian 12").partition("| step |")[2]
    told = [row for row in re.findall(r"^\| ([^|]*?) \|", text, re.MULTILINE) if row != "---"]
    assert told == [*(title for title, _ in STEPS), "administrator"]


def test_limits_of_failed_logins_are_those_of_the_code() -> None:
    text = section("access-keys.md", "Failed logins")
    assert (
        f"**{limit.MOST_BY_ADDRESS} failures of an address** within five minutes, or **{limit.MOST_BY_KEY} of a key**"
        in text
    )
    assert limit.WINDOW == 300


def test_profiles_and_templates_that_come_with_it_are_named() -> None:
    profiles, sites = section("access-keys.md", "Profiles"), section("web-sites.md", "Templates")
    assert all(f"`{name}`" in profiles for name in shipped())
    assert all(f"`{name}`" in sites for name in SERVED)


def test_the_readme_says_what_test_runs_in_the_words_of_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    comment = re.search(r"^\./tholos test +# (.*)$", (DOCS.parent / "README.md").read_text(), re.MULTILINE)
    assert comment is not None
    assert f"run {comment[1]}" in help_of(capsys, "test")
    assert comment[1] in help_of(capsys)
    assert "[NAME ...]" in help_of(capsys, "bench")
    assert all(name in help_of(capsys, "bench") for name in benchmarks())


def help_of(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What the script says of itself or of one of its words, in one line."""
    with pytest.raises(SystemExit):
        main([*words, "--help"])
    return " ".join(capsys.readouterr().out.split())


def test_every_part_of_a_plan_is_named() -> None:
    text = section("rest.md", "Changing")
    assert all(f"`{name}`" in text for name in Planned.__struct_fields__)
