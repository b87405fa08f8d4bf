package io.freshet.learning.yaml;

import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Parses and writes YAML 1.2; accepts documents of limited length and depth, without aliases or duplicate keys. */
public final class YamlDocument {
    private static final int MAXIMUM_LENGTH = 1 << 20;
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
                // With aliases, a list that contains itself, or doubles forty times, would never end.
                .setMaxAliasesForCollections(0)
                .build();
        try {
            checkDepth(new Parse(settings).parseString(yaml));
            Object document = new Load(settings).loadFromString(yaml);
            return document == null ? "" : document;
        } catch (MarkedYamlEngineException e) {
            String where = e.getProblemMark()
                    .map(mark -> "line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1) + ": ")
                    .orElse("");
            throw new SpecException(where + e.getProblem() + " (expected: YAML)");
        } catch (YamlEngineException e) {
            throw new SpecException("specification: " + e.getMessage() + " (expected: YAML)");
        }
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

    /** Loading recurses per level; parsing events does not. */
    private static void checkDepth(Iterable<Event> events) {
        int depth = 0;
        for (Event event : events) {
            depth += event instanceof CollectionStartEvent ? 1 : event instanceof CollectionEndEvent ? -1 : 0;
            if (depth > MAXIMUM_DEPTH) {
                throw new SpecException(
                        "specification: more than " + MAXIMUM_DEPTH + " levels (expected: lists of lists at most)");
            }
        }
    }
}
