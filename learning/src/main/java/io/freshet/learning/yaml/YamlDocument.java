package io.freshet.learning.yaml;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Parses and writes YAML 1.2; accepts documents of limited length and depth, without duplicate keys. An alias may repeat a text,
 * but no list or mapping.
 */
public final class YamlDocument {
    private static final int MAXIMUM_LENGTH = 1 << 20;
    /** Longer digits would take seconds to convert to a number. */
    private static final int MAXIMUM_SCALAR = 1 << 14;

    private static final int MAXIMUM_DEPTH = 10;

    private YamlDocument() {}

    /**
     * Returns the mappings, lists, and scalars of a document; "" if it is empty.
     *
     * @throws SpecException if the text is not YAML, with line and column, or exceeds a limit
     */
    public static Object load(String yaml) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel("specification")
                .setAllowDuplicateKeys(false)
                .setCodePointLimit(MAXIMUM_LENGTH)
                // A scalar longer than the buffer is copied once for each buffer of text.
                .setBufferSize(Math.min(yaml.length(), MAXIMUM_LENGTH) + 1)
                // With aliases, a list that contains itself, or doubles forty times, would never end.
                .setMaxAliasesForCollections(0)
                .build();
        try {
            check(new Parse(settings).parseString(yaml));
            Object document = new Load(settings).loadFromString(yaml);
            return document == null ? "" : document;
        } catch (MarkedYamlEngineException e) {
            throw new SpecException(where(e.getProblemMark()) + e.getProblem() + " (expected: YAML)");
        } catch (YamlEngineException e) {
            throw new SpecException("specification: " + e.getMessage() + " (expected: YAML)");
        }
    }

    private static String where(Optional<Mark> mark) {
        return mark.map(at -> "line " + (at.getLine() + 1) + ", column " + (at.getColumn() + 1) + ": ")
                .orElse("");
    }

    /** Writes mappings, lists, and scalars as YAML. */
    public static String write(Map<?, ?> document) {
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.AUTO)
                .setWidth(120)
                .build();
        return new Dump(settings).dumpToString(document);
    }

    /** Writes a text, number, or truth value in one line. */
    public static String writeScalar(Object value) {
        DumpSettings settings = DumpSettings.builder()
                .setDefaultScalarStyle(value.toString().contains("\n") ? ScalarStyle.DOUBLE_QUOTED : ScalarStyle.PLAIN)
                .setSplitLines(false)
                .build();
        return new Dump(settings).dumpToString(value).strip();
    }

    /** Checks a document before it is loaded: loading recurses per level, and repeats a text for each of its aliases. */
    private static void check(Iterable<Event> events) {
        int depth = 0;
        long length = 0;
        Map<Object, Integer> anchored = new HashMap<>();
        for (Event event : events) {
            depth += event instanceof CollectionStartEvent ? 1 : event instanceof CollectionEndEvent ? -1 : 0;
            if (depth > MAXIMUM_DEPTH) {
                throw new SpecException(
                        "specification: more than " + MAXIMUM_DEPTH + " levels (expected: lists of lists at most)");
            }
            if (event instanceof ScalarEvent scalar) {
                int characters = scalar.getValue().length();
                if (characters > MAXIMUM_SCALAR) {
                    throw new SpecException(where(scalar.getStartMark()) + "a text of " + characters
                            + " characters (expected: texts and numbers of up to " + MAXIMUM_SCALAR + ")");
                }
                length += characters;
                scalar.getAnchor().ifPresent(anchor -> anchored.put(anchor, characters));
            } else if (event instanceof AliasEvent alias) {
                length += anchored.getOrDefault(alias.getAlias(), 0);
            }
            if (length > MAXIMUM_LENGTH) {
                throw SpecException.of(
                        "specification",
                        "texts repeated by aliases",
                        "up to " + MAXIMUM_LENGTH + " characters together");
            }
        }
    }
}
