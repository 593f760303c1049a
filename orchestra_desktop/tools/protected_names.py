"""The one table of names that no tool touches: what other programs read and run by themselves on this machine.

The line is drawn at "by themselves". What runs because the person starts it (a Makefile, the scripts of a package.json,
a test file) is ordinary work of a project and allowed, and so is what runs elsewhere or only names things:
`.github/workflows` runs on a forge after the person pushed it; `.gitignore`, `.gitattributes` and `.gitmodules` can run
nothing unless git's own configuration, which is out of reach, says so.

Reading is refused like writing: many of these files hold keys, and one rule is easier to trust than two.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Protected:
    """Lower-case patterns of names, separated by blanks, refused wherever they stand in a path or only at its end."""

    patterns: str
    why: str
    only_files: bool = True


PROTECTED: tuple[Protected, ...] = (
    Protected(".orchestra-*", "it belongs to this program"),
    Protected(".git .githooks .husky .hg .svn .bzr .jj", "version control obeys what lies in it", only_files=False),
    Protected(".gitconfig .hgrc", "version control obeys it"),
    Protected("head", "with a file HEAD a folder can pose as a repository whose configuration git obeys"),
    Protected(".pre-commit-config.yaml .pre-commit-config.yml lefthook.y*ml .lefthook.y*ml", "run by each commit"),
    Protected(".bashrc .bash_* .profile .login .logout .shrc .kshrc .mkshrc .cshrc .tcshrc .inputrc", "run by a shell"),
    Protected(".zshrc .zshenv .zprofile .zlogin .zlogout config.fish *profile.ps1", "run by a shell"),
    Protected(".xinitrc .xsession .xsessionrc .xprofile .xserverrc .pam_environment", "run at login"),
    Protected(".envrc .mise.toml mise.toml", "run by the shell on entering the folder"),
    Protected(
        "autorun.inf desktop.ini *.desktop *.lnk *.scf *.url *.library-ms *.searchconnector-ms",
        "the desktop acts on it",
    ),
    Protected("autostart launchagents launchdaemons", "the system starts what lies in it", only_files=False),
    Protected(".ssh .gnupg .aws", "the person's keys", only_files=False),
    Protected(".netrc _netrc .pgpass .rhosts .forward", "the person's keys and access"),
    Protected(
        ".vscode .idea .fleet .devcontainer .cursor .claude .emacs.d", "an editor runs what it names", only_files=False
    ),
    Protected(".mcp.json .devcontainer.json .dir-locals.el .emacs", "an editor runs what it names"),
    Protected(".vimrc _vimrc .gvimrc .exrc .nvimrc .nvim.lua .tmux.conf .screenrc", "run by an editor or terminal"),
    Protected(".gdbinit .lldbinit", "run by a debugger"),
    Protected("sitecustomize.py usercustomize.py *.pth", "Python runs it whenever it starts"),
)


def why_protected(name: str, *, is_file: bool) -> str | None:
    """Why one component of a path is protected; None if it is not. `is_file` tells the last component.

    Compared in the widest sense in which some file system takes two names for one: compatibility forms, case and
    surrounding blanks do not count. Patterns are written in that form.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).strip()
    for row in PROTECTED:
        if (is_file or not row.only_files) and any(fnmatchcase(folded, pattern) for pattern in row.patterns.split()):
            return row.why
    return None
