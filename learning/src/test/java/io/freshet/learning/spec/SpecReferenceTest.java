package io.freshet.learning.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Would catch a reference whose fields, defaults, and ranges differ from the code. */
class SpecReferenceTest {
    private static final String BEGIN = "<!-- written by SpecReferenceTest: do not edit by hand -->\n";
    private static final String END = "<!-- end of what SpecReferenceTest writes -->\n";
    private static final String COMMAND = "mvn -q -DskipTests package && java -cp"
            + " 'learning/target/test-classes:learning/target/classes:cli/target/lib/*'"
            + " io.freshet.learning.spec.SpecReferenceTest docs/specification.md";

    @Test
    void the_page_has_the_fields_of_the_code() throws IOException {
        String page = DocumentationPage.read("specification.md");
        assertThat(rewritten(page))
                .as("docs/specification.md differs from the code. To regenerate it:\n" + COMMAND)
                .isEqualTo(page);
    }

    @Test
    void every_field_has_a_meaning() {
        assertThat(SpecReference.rows())
                .hasSizeGreaterThan(100)
                .allSatisfy(row -> assertThat(row.meaning()).as(row.path()).isNotBlank());
    }

    /** A user can copy the first example of the page. */
    @Test
    void the_example_of_the_page_is_a_specification() throws IOException {
        String page = DocumentationPage.read("specification.md");
        int from = page.indexOf("```yaml\n") + "```yaml\n".length();
        ModelSpec spec = ModelSpec.parse(page.substring(from, page.indexOf("```\n", from)));
        assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
    }

    private static String rewritten(String page) {
        int from = page.indexOf(BEGIN);
        int to = page.indexOf(END);
        if (from < 0 || to < from) {
            throw new IllegalStateException("page: no markers (expected: " + BEGIN + END + " around the tables)");
        }
        return page.substring(0, from) + BEGIN + "\n" + SpecReference.markdown() + "\n" + page.substring(to);
    }

    /** Regenerates the part of the page between the two markers. Needs no test library. */
    public static void main(String[] arguments) throws IOException {
        Path page = Path.of(arguments[0]);
        Files.writeString(page, rewritten(Files.readString(page)));
    }
}
