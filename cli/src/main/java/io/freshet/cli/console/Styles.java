package io.freshet.cli.console;

import io.freshet.schemas.facts.Level;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Model.CommandSpec;

/** Colors of texts, if the command's output may have colors. */
public record Styles(Ansi ansi) {
    public static final Styles NONE = new Styles(Ansi.OFF);

    /** Returns the styles that {@code --color} chose for a command. */
    public static Styles of(CommandSpec command) {
        return new Styles(command.commandLine().getColorScheme().ansi());
    }

    /** Returns a text in the color of its level. */
    public String of(Level level, String text) {
        return switch (level) {
            case QUIET -> text;
            case GOOD -> good(text);
            case WARNING -> warning(text);
            case BAD -> bad(text);
        };
    }

    /** Returns a text that says that something is well. */
    public String good(String text) {
        return styled(Style.fg_green, text);
    }

    /** Returns a text that asks for attention. */
    public String warning(String text) {
        return styled(Style.fg_yellow, text);
    }

    /** Returns a text that reports a failure. */
    public String bad(String text) {
        return styled(Style.fg_red, text);
    }

    private String styled(Style style, String text) {
        return ansi.enabled() ? style.on() + text + Style.reset.on() : text;
    }

    /** Returns a text without the colors in it. */
    static String plain(String text) {
        return text.indexOf('\u001b') < 0 ? text : text.replaceAll("\u001b\\[[0-9;]*m", "");
    }
}
