package io.freshet.benchmarks.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.benchmarks.bench.BenchReport.SetResult;
import io.freshet.benchmarks.bench.BenchReport.VariantResult;
import java.io.ByteArrayInputStream;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class BenchChartTest {
    @Test
    void bars_are_proportional_within_their_set() throws Exception {
        Element svg = parse(BenchChart.svg(List.of(
                set("a < b & c", result(Variant.LEARN, 10), result(Variant.VW_TEXT, 5)),
                set("other", result(Variant.CONSUME, 1000)))));

        NodeList bars = svg.getElementsByTagName("rect");
        double full = width(bars, 1);
        assertThat(full).isPositive();
        assertThat(width(bars, 2)).isEqualTo(full / 2);
        assertThat(width(bars, 3)).isEqualTo(full);
        assertThat(svg.getTextContent()).contains("a < b & c", "1,000", "Vowpal Wabbit, from text");
    }

    private static SetResult set(String description, VariantResult... results) {
        return new SetResult("sparse", "avro", description, 1, 1, "", List.of(results));
    }

    private static VariantResult result(Variant variant, long samples) {
        return VariantResult.of(variant, List.of(new Measurement(samples, 1, 1, null, null, null, null)));
    }

    /** The first rectangle is the background. */
    private static double width(NodeList bars, int index) {
        return Double.parseDouble(((Element) bars.item(index)).getAttribute("width"));
    }

    private static Element parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(UTF_8)))
                .getDocumentElement();
    }
}
