"""Paths that no tool may follow on any system, by what they try."""

from __future__ import annotations

ATTACKS: dict[str, tuple[str, ...]] = {
    "nothing": ("", ".", "./", "/", "//", "a/", "a/.", "././."),
    "absolute": ("/etc/passwd", "//etc/passwd", "/../outside/secret.txt", "~", "~/x", "~root/x"),
    "out of it": (
        *("..", "../outside/secret.txt", "a/../../outside/secret.txt", "a/..", "./..", "sub/../..", "a/b/../c"),
        *("...", "..a", "a/...", ".. /outside", "..;/x", "..namedfork/rsrc"),
    ),
    "backslash": (
        "..\\outside\\secret.txt",
        "a\\b",
        "\\\\host\\share\\x",
        "\\\\?\\C:\\x",
        "\\\\.\\pipe\\x",
        "a\\..\\b",
    ),
    "drive and stream": ("C:", "C:x", "C:/x", "c:\\x", "file.txt:stream", "a.txt::$DATA", "file:///etc/passwd"),
    "device": (
        *(
            "CON",
            "con",
            "NUL",
            "nul.txt",
            "AUX.c",
            "prn.tar.gz",
            "COM1",
            "com9.txt",
            "LPT1",
            "lpt0",
            "CONIN$",
            "CONOUT$",
        ),
        *("COM\N{SUPERSCRIPT ONE}", "LPT\N{SUPERSCRIPT TWO}.txt", "a/NUL/b", "CLOCK$", "con .txt"),
        "\N{FULLWIDTH LATIN CAPITAL LETTER N}UL",
    ),
    "trailing": ("a.", "a ", "a. ", "a./b", "a /b", "a\N{NO-BREAK SPACE}", " a", "a..", "\N{IDEOGRAPHIC SPACE}a"),
    "control": ("a\0b", "\0", "a\nb", "a\tb", "a\x1b[2Jb", "a\x7fb", "a\x85b", "a\N{LINE SEPARATOR}b"),
    "invisible": (
        *("a\N{RIGHT-TO-LEFT OVERRIDE}txt.exe", "a\N{ZERO WIDTH JOINER}b", "a\N{ZERO WIDTH SPACE}b", "\ufeffa"),
        *("a\N{SOFT HYPHEN}b", "a\N{LEFT-TO-RIGHT MARK}", "a\N{WORD JOINER}b", "a\N{COMBINING GRAPHEME JOINER}b"),
        *("a\N{HANGUL FILLER}", "a\N{VARIATION SELECTOR-16}", "a\U000e0041b", "a\N{LEFT-TO-RIGHT ISOLATE}b"),
        ".g\N{ZERO WIDTH NON-JOINER}it/config",
    ),
    "not a character": ("a\ud800b", "a\uf03ab", "a\ufffeb", "a\U0010ffff"),
    "wildcard": ("a*", "a?b", "a<b", "a>b", 'a"b', "a|b", "|cat"),
    "short name": ("GIT~1/config", "git~1", "PROGRA~1/x", "SSH~1/id", "BASHRC~1", "A~1.TXT"),
    "too long": ("a" * 256, "é" * 128, "a/" * 40 + "b", "a" * 250 + "/" + "b" * 1000),
}

PROTECTED: dict[str, tuple[str, ...]] = {
    "git": (".git/config", ".GIT/hooks/pre-commit", "sub/.git/HEAD", ".git", "bare/HEAD", ".husky/pre-commit"),
    "git disguised": (".ｇit/config", ".gıt".replace("ı", "i") + "/config", "．git/config", ".gitconfig"),
    "shell": (".bashrc", ".Profile", "x/.zshrc", ".zshenv", ".bash_profile", ".ba\N{LATIN SMALL LETTER LONG S}hrc"),
    "direnv": (".envrc", "a/.envrc"),
    "desktop": ("autorun.inf", "AUTORUN.INF", "x.desktop", "a/desktop.ini", "x.lnk", "x.URL"),
    "keys": (".ssh/authorized_keys", ".ssh", ".aws/credentials", ".netrc", ".gnupg/x"),
    "editor": (".vscode/tasks.json", ".vscode/settings.json", ".idea/workspace.xml", ".vimrc", ".mcp.json"),
    "python": ("sitecustomize.py", ".venv/lib/python3.11/site-packages/x.pth"),
    "hooks": (".pre-commit-config.yaml", "lefthook.yml", ".githooks/pre-push"),
    "own": (".orchestra-0123456789abcdef.tmp", ".orchestra-x"),
}

ALLOWED: dict[str, str] = {
    "hello_world.py": "hello_world.py",
    "./hello.py": "hello.py",
    "a//b.txt": "a/b.txt",
    "src/./a b/c.txt": "src/a b/c.txt",
    "README.md": "README.md",
    ".gitignore": ".gitignore",
    ".gitattributes": ".gitattributes",
    ".gitmodules": ".gitmodules",
    ".github/workflows/ci.yml": ".github/workflows/ci.yml",
    ".env.example": ".env.example",
    "Makefile": "Makefile",
    "console.py": "console.py",
    "com10.txt": "com10.txt",
    "nullable.ts": "nullable.ts",
    "components/Head/index.tsx": "components/Head/index.tsx",
    "app/[slug]/(group)/@modal/page.tsx": "app/[slug]/(group)/@modal/page.tsx",
    "e\N{COMBINING ACUTE ACCENT}te\N{COMBINING ACUTE ACCENT}.txt": "été.txt",
    "日本語/テスト.md": "日本語/テスト.md",
    "-rf": "-rf",
    "a~b": "a~b",
    "x" * 255: "x" * 255,
}


def spread(table: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    """Rows for `parametrize`."""
    return [(what, path) for what, paths in table.items() for path in paths]
