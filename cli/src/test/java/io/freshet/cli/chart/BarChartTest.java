package io.freshet.cli.chart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.chart.BarChart.Bar;
import io.freshet.cli.chart.BarChart.Group;
import java.io.ByteArrayInputStream;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class BarChartTest {
    @Test
    void bars_are_proportional_within_their_group() throws Exception {
        Element svg = parse(new BarChart(
                "rates",
                List.of(
                        new Group("a < b & c", List.of(new Bar("x", 10, "10", true), new Bar("y", 5, "5", false))),
                        new Group(
                                "other",
                                List.of(new Bar("z", 1000, "1,000", false), new Bar("none", 0, "0", false))))));

        NodeList bars = svg.getElementsByTagName("rect");
        double full = width(bars, 1);
        assertThat(full).isPositive();
        assertThat(width(bars, 2)).isEqualTo(full / 2);
        assertThat(width(bars, 3)).isEqualTo(full);
        assertThat(width(bars, 4)).isZero();
        assertThat(svg.getTextContent()).contains("a < b & c", "1,000", "none");
    }

    /** The first rectangle is the background. */
    private static double width(NodeList bars, int index) {
        return Double.parseDouble(((Element) bars.item(index)).getAttribute("width"));
    }

    private static Element parse(BarChart chart) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(chart.svg().getBytes(UTF_8)))
                .getDocumentElement();
    }
}
