package io.freshet.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Commands of a document with the output that it shows.
 *
 * <p>They are in blocks between lines of three backticks: a line that starts with {@code $} is a command, and the lines up to the next
 * one are its output. In these, {@code ...} stands for any text, and on a line of its own for any lines.
 *
 * @param arguments without the name of the program
 * @param output expected
 */
record Transcript(List<String> arguments, String output) {
    private static final String FENCE = "```";
    private static final String PROMPT = "$ ./freshet ";
    private static final String ANY = "...";

    /** Returns the commands of a document, in order. */
    static List<Transcript> of(String document) {
        List<Transcript> commands = new ArrayList<>();
        String[] blocks = document.split("(?m)^" + FENCE + ".*\n");
        for (int i = 1; i < blocks.length; i += 2) {
            for (String command : blocks[i].split("(?m)^" + Pattern.quote(PROMPT))) {
                if (blocks[i].startsWith(PROMPT) && !command.isBlank()) {
                    String[] lines = command.split("\n", 2);
                    commands.add(new Transcript(List.of(lines[0].split(" ")), lines[1].stripTrailing()));
                }
            }
        }
        return commands;
    }

    String command() {
        return arguments.get(0);
    }

    /** Whether a command printed what the document shows; spaces at the ends of lines do not count. */
    boolean matches(String printed) {
        StringBuilder pattern = new StringBuilder();
        for (String line : output.split("\n")) {
            pattern.append(line.equals(ANY) ? "(?:(?s:.*)\n)?" : literal(line) + " *\n");
        }
        return Pattern.matches(pattern.toString(), printed.stripTrailing() + "\n");
    }

    private static String literal(String line) {
        List<String> parts = new ArrayList<>();
        for (String part : line.split(Pattern.quote(ANY), -1)) {
            parts.add(Pattern.quote(part));
        }
        return String.join(".*", parts);
    }
}
