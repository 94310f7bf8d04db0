"""The command `shrink`, with real programs against a real server."""

from __future__ import annotations

import json

import pytest
import yaml

from mock_server.cli import main

#: Lists products and fails if a name has the joined form of an emoji.
BROKEN = 'curl -s -u "$MOCK_SERVER_KEY": "$CLINIKO_BASE_URL/products?per_page=100" > "$0"; '


@pytest.fixture
def shrink(tmp_path, capfd):
    """A function (shell script, options, exit code) → what is printed, and on standard error."""

    def run(script, *options, code):
        arguments = ["shrink", "cliniko", "--output", str(tmp_path / "shrunk.yaml"), *options]
        command = ["sh", "-c", script, str(tmp_path / "answer")]
        assert main([*arguments, "--", *command]) == code
        return capfd.readouterr()

    return run


def test_the_one_value_that_breaks_a_program_is_found_and_reproduced(shrink, tmp_path):
    shown = shrink(
        BROKEN + '! grep -q "Family pack" "$0"',
        "--messy", "emoji,sql,absent", "--repeats", "2", "--json",
        code=1,
    )  # fmt: skip
    found = json.loads(shown.out)
    assert found["finished"]
    assert found["reproduced"]
    assert found["dimensions"] == ["emoji"]
    [odd] = found["odd_values"]
    assert odd["table"] == "cliniko.products"
    assert "joiner" in odd["note"]
    document = yaml.safe_load((tmp_path / "shrunk.yaml").read_text(encoding="utf-8"))
    text = json.dumps(document, ensure_ascii=False)
    assert text.count("Family pack") == 1
    assert "run 1: passes without odd values" in shown.err


def test_a_program_that_passes_is_said_to_pass(shrink, tmp_path):
    shown = shrink("exit 0", "--messy", "emoji", "--repeats", "2", "--quiet", code=0)
    assert shown.out.startswith("The command passes with all odd values")
    assert shown.err == ""
    assert not (tmp_path / "shrunk.yaml").exists()


def test_a_program_that_fails_anyway_is_no_case_for_shrinking(shrink):
    shown = shrink("echo broken; exit 3", "--quiet", "--repeats", "2", code=2)
    assert "broken" in shown.err
    assert "fails without odd values too" in shown.err


def test_a_program_that_fails_at_random_is_named_so(shrink, tmp_path):
    # It fails in each second run with odd values, whatever they are.
    script = BROKEN + (
        'grep -q "Family pack" "$0" || exit 0; '
        f'if [ -e "{tmp_path}/turn" ]; then rm "{tmp_path}/turn"; '
        f'else touch "{tmp_path}/turn"; exit 1; fi'
    )
    shown = shrink(script, "--messy", "emoji", "--quiet", code=3)
    assert "the command fails at random: it failed in 2 of 3 runs" in shown.err


def test_a_program_that_hangs_is_ended_and_has_failed(shrink):
    script = BROKEN + '! grep -q "Family pack" "$0" || sleep 60'
    limits = ("--repeats", "2", "--timeout", "2s", "--time-limit", "12s")
    shown = shrink(script, "--messy", "emoji", *limits, code=1)
    assert "took too long" in shown.err


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["shrink"], "needs a command behind `--`"),
        (["shrink", "--", "no-such-command"], "there is no command 'no-such-command'"),
        (["shrink", "--time-limit", "0s", "--", "true"], "longer than nothing"),
        (["shrink", "--output", "no/such/folder/x.yaml", "--", "true"], "no/such/folder"),
        (["shrink", "--messy", "emojy", "--", "true"], "no dimension 'emojy'"),
    ],
)
def test_wrong_use_is_one_line(arguments, complaint, capsys):
    assert main(arguments) == 2
    assert complaint in capsys.readouterr().err
