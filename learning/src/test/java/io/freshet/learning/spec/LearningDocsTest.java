package io.freshet.learning.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Would catch a loss, optimizer, schedule, or model that docs/learning.md does not explain. */
class LearningDocsTest {
    @Test
    void everything_that_a_specification_can_name_has_a_section() throws IOException {
        Set<String> headings = DocumentationPage.read("learning.md")
                .lines()
                .filter(line -> line.startsWith("### `") && line.endsWith("`"))
                .map(line -> line.substring("### `".length(), line.length() - 1))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> names = Stream.of(
                        LossTable.ALL.names(),
                        OptimizerTable.ALL.names(),
                        ScheduleTable.ALL.names(),
                        ModelTable.ALL.names())
                .flatMap(Set::stream)
                .collect(Collectors.toCollection(TreeSet::new));
        names.removeAll(headings);
        assertThat(names)
                .as("names without a heading \"### `name`\" in docs/learning.md")
                .isEmpty();
    }
}
