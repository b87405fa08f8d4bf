package io.freshet.learning.spec;

import static io.freshet.learning.yaml.Numbers.whole;

import io.freshet.learning.yaml.Field;
import io.freshet.learning.yaml.Names;
import io.freshet.learning.yaml.Section;
import java.util.regex.Pattern;

/**
 * A reference to the published parameters that a model starts from or switches to. {@code freshet apply --from} writes it,
 * and sends the parameters as separate records.
 *
 * @param model name of the model that published them
 * @param version newest version among them, in samples learned
 * @param checksum checksum of the parameters and moments, 16 hexadecimal digits; identifies the warm start
 */
public record WarmStartReference(String model, long version, String checksum) {
    private static final Pattern CHECKSUM = Pattern.compile("[0-9a-f]{16}");

    public static final Section<WarmStartReference> FIELDS = Section.of(
                    WarmStartReference.class,
                    Field.of("model", Names.text()),
                    Field.of("version", whole(0, Long.MAX_VALUE), 0L),
                    Field.of("checksum", Names.text())
                            .check((in, text) -> CHECKSUM.matcher(text).matches() ? null : "16 hexadecimal digits"))
            .means("""
                model: Written by `freshet apply --from`: the model whose snapshots these are
                version: Version of the newest of them, in samples learned
                checksum: Checksum of their parameters and moments; a model switches to them once
                """);

    /** Returns a text for people, such as {@code delays@12000 (0123456789abcdef)}. */
    @Override
    public String toString() {
        return model + "@" + version + " (" + checksum + ")";
    }
}
