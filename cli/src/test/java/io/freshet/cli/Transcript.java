package io.freshet.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Commands of a document, each with the output that the document shows below it.
 *
 * <p>They are in blocks between lines of three backticks. A line that starts with {@code $} is a command, and the lines up to
 * the next one are its output. In these, {@code ...} stands for any text, and on a line of its own for any lines. In a block
 * without {@code $}, each line that starts with the name of a program is a command whose output is not shown. A command goes
 * on in the next line if the line ends with a backslash, or within quotes; it ends at a {@code #} after spaces. After the comment
 * {@code <!-- numbers vary -->}, any number of an output matches.
 *
 * @param program {@code freshet} or {@code curl}
 * @param arguments without the name of the program
 * @param output expected; null if the document shows none
 * @param numbersVary whether any number matches one of the output
 */
record Transcript(
        String program, List<String> arguments, @Nullable String output, boolean numbersVary) {
    private static final Pattern FENCE = Pattern.compile("(?m)^```.*\n");
    private static final Pattern COMMAND = Pattern.compile("(\\$ )?(?:\\./)?(freshet|curl) ");
    private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\\\\n)|([^\\s'\"]+)|\\s+");
    private static final Pattern COMMENT = Pattern.compile("\\s+#.*");
    private static final String ANY = "...";
    private static final String NUMBERS_VARY = "<!-- numbers vary -->";
    private static final Pattern NUMBER_OR_SPACES = Pattern.compile("([0-9][0-9.,]*(?:E-?[0-9]+)?)| +");

    Transcript(String program, List<String> arguments, @Nullable String output) {
        this(program, arguments, output, false);
    }

    /** Returns the commands of a document, in order. */
    static List<Transcript> of(String document) {
        List<Transcript> commands = new ArrayList<>();
        String[] blocks = FENCE.split(document);
        for (int i = 1; i < blocks.length; i += 2) {
            addBlock(blocks[i], blocks[i - 1].stripTrailing().endsWith(NUMBERS_VARY), commands);
        }
        return commands;
    }

    private static void addBlock(String block, boolean numbersVary, List<Transcript> commands) {
        String[] lines = block.split("\n");
        boolean shown = block.startsWith("$ ");
        for (int i = 0; i < lines.length; ) {
            Matcher start = COMMAND.matcher(lines[i]);
            if (!start.lookingAt() || shown != (start.group(1) != null)) {
                i++;
                continue;
            }
            StringBuilder command = new StringBuilder(withoutComment(lines[i++].substring(start.end())));
            while (i < lines.length && isOpen(command)) {
                command.append('\n').append(withoutComment(lines[i++]));
            }
            int first = i;
            while (shown && i < lines.length && !lines[i].startsWith("$ ")) {
                i++;
            }
            String output =
                    shown ? String.join("\n", List.of(lines).subList(first, i)).stripTrailing() : null;
            commands.add(new Transcript(start.group(2), words(command.toString()), output, numbersVary));
        }
    }

    private static String withoutComment(String line) {
        return COMMENT.matcher(line).replaceFirst("");
    }

    /** Returns whether a command goes on in the next line. */
    private static boolean isOpen(CharSequence command) {
        return command.toString().endsWith("\\")
                || command.chars().filter(c -> c == '\'').count() % 2 == 1;
    }

    /** Splits a command as a shell does: at spaces outside quotes. */
    private static List<String> words(String command) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean isWord = false;
        Matcher parts = WORD.matcher(command);
        while (parts.find()) {
            String part =
                    parts.group(1) != null ? parts.group(1) : parts.group(2) != null ? parts.group(2) : parts.group(4);
            if (part != null) {
                word.append(part);
                isWord = true;
            } else if (isWord) {
                words.add(word.toString());
                word.setLength(0);
                isWord = false;
            }
        }
        if (isWord) {
            words.add(word.toString());
        }
        return words;
    }

    /** Returns the subcommand of {@code freshet}. */
    String command() {
        return arguments.get(0);
    }

    /** Returns whether a command printed what the document shows; spaces at the ends of lines do not count. */
    boolean matches(String printed) {
        if (output == null) {
            return true;
        }
        StringBuilder pattern = new StringBuilder();
        for (String line : output.split("\n")) {
            pattern.append(line.equals(ANY) ? "(?:(?s:.*)\n)?" : pattern(line) + " *\n");
        }
        return Pattern.matches(pattern.toString(), printed.stripTrailing() + "\n");
    }

    /** Returns whether a response is the JSON that the document shows, which has spaces and line breaks for readers. */
    boolean matchesJson(String response) {
        return output == null || Pattern.matches(pattern(compact(output)), compact(response));
    }

    private static String compact(String json) {
        return json.strip().replaceAll("\n *", "").replaceAll("([:,]) +", "$1");
    }

    private String pattern(String line) {
        List<String> parts = new ArrayList<>();
        for (String part : line.split(Pattern.quote(ANY), -1)) {
            parts.add(numbersVary ? withAnyNumbers(part) : Pattern.quote(part));
        }
        return String.join(".*", parts);
    }

    private static String withAnyNumbers(String text) {
        StringBuilder pattern = new StringBuilder();
        Matcher parts = NUMBER_OR_SPACES.matcher(text);
        int end = 0;
        while (parts.find()) {
            pattern.append(Pattern.quote(text.substring(end, parts.start())))
                    .append(parts.group(1) == null ? " +" : "[0-9][0-9.,]*(?:E-?[0-9]+)?");
            end = parts.end();
        }
        return pattern.append(Pattern.quote(text.substring(end))).toString();
    }
}
