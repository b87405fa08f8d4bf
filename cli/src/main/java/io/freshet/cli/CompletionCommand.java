package io.freshet.cli;

import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the script with which a shell completes commands and options. */
@Command(
        name = "completion",
        description = "Print a script with which a shell completes commands and options.",
        footer = {
            "Examples:",
            "  # bash, zsh: in ~/.bashrc or ~/.zshrc",
            "  source <(freshet completion bash)",
            "  # fish",
            "  freshet completion fish > ~/.config/fish/completions/freshet.fish"
        })
public final class CompletionCommand implements Runnable {
    /** The shells. */
    enum Shell {
        bash,
        zsh,
        fish
    }

    @Parameters(paramLabel = "bash|zsh|fish", description = "The shell.")
    @SuppressWarnings("NullAway.Init")
    private Shell shell;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Override
    public void run() {
        CommandLine root = command.root().commandLine();
        PrintWriter out = command.commandLine().getOut();
        // Picocli's script also runs in zsh, with zsh's own emulation of bash's completion.
        out.print(shell == Shell.fish ? FishCompletion.of(root) : AutoComplete.bash(root.getCommandName(), root));
        out.flush();
    }
}
