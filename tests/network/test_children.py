"""What programs we start may see of the environment."""

from __future__ import annotations

import subprocess
import sys

from orchestra_desktop.network.children import children_environment

SECRETS = {
    "ANTHROPIC_API_KEY": "sk-ant-secret",
    "OPENAI_API_KEY": "secret",
    "GITHUB_TOKEN": "secret",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "HTTPS_PROXY": "http://me:secret@proxy",
    "no_proxy": "*",
    "DBUS_SESSION_BUS_ADDRESS": "unix:path=/secret",
    "SSH_AUTH_SOCK": "/secret",
    "LC_API_KEY": "secret",
    "LD_PRELOAD": "/secret.so",
    "PYTHONPATH": "/secret",
}


def test_a_child_gets_what_it_needs_and_no_secret() -> None:
    needed = {"PATH": "/bin", "HOME": "/home/me", "LANG": "de_DE.UTF-8", "LC_ALL": "C", "TMPDIR": "/tmp/x"}
    assert children_environment(environment={**needed, **SECRETS}) == needed


def test_on_windows_names_are_the_same_in_any_case() -> None:
    windows = {"Path": r"C:\bin", "SystemRoot": r"C:\Windows", "ComSpec": "cmd.exe", "Api_Key": "secret"}
    assert set(children_environment(environment=windows)) == {"Path", "SystemRoot", "ComSpec"}


def test_what_a_child_needs_besides_is_given_to_it() -> None:
    assert children_environment({"GIT_TERMINAL_PROMPT": "0"}, {}) == {"GIT_TERMINAL_PROMPT": "0"}


def test_a_real_child_sees_just_that() -> None:
    environment = children_environment({"EXTRA": "1"}, {"PATH": "/bin", **SECRETS})
    code = "import os; print(sorted(os.environ))"
    seen = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert "secret" not in seen.stdout
    assert "'EXTRA', " in seen.stdout
    assert "PATH" in seen.stdout
