"""penstock completion: what a shell has to read to complete commands, options and topics."""

from __future__ import annotations

import os

import click

from penstock.cli._errors import UsageError

_SHELLS = ("bash", "zsh", "fish")
_INSTALL = {
    "bash": 'eval "$(penstock completion bash)"   # in ~/.bashrc',
    "zsh": 'eval "$(penstock completion zsh)"    # in ~/.zshrc',
    "fish": "penstock completion fish | source    # in ~/.config/fish/config.fish",
}


@click.command("completion", short_help="Print the shell's completion script.")
@click.argument("shell", type=click.Choice(_SHELLS), required=False)
@click.pass_context
def command(ctx: click.Context, shell: str | None) -> None:
    """Print the script that makes a shell complete commands, options and names of topics.

    \b
    eval "$(penstock completion bash)"   # in ~/.bashrc
    eval "$(penstock completion zsh)"    # in ~/.zshrc
    penstock completion fish | source    # in ~/.config/fish/config.fish

    Without SHELL it is the one of $SHELL.
    """
    from click.shell_completion import get_completion_class

    name = shell or os.path.basename(os.environ.get("SHELL", ""))
    kind = get_completion_class(name) if name in _SHELLS else None
    if kind is None:
        raise UsageError(f"no completion for the shell {name!r}", hint=f"name one: {_SHELLS}")
    root = ctx.find_root()
    script = kind(root.command, {}, "penstock", "_PENSTOCK_COMPLETE").source()
    click.echo(f"# {_INSTALL[name]}\n{script}")
