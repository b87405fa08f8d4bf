package io.freshet.cli.bench;

import io.freshet.cli.bench.BenchReport.SetResult;
import io.freshet.cli.chart.BarChart;
import java.util.List;
import java.util.Locale;

/** Draws the rates of all variants, one group for each set. */
final class BenchChart {
    private BenchChart() {}

    static BarChart of(List<SetResult> sets) {
        return new BarChart(
                "Samples per second on " + Runtime.getRuntime().availableProcessors() + " processors",
                sets.stream().map(BenchChart::group).toList());
    }

    private static BarChart.Group group(SetResult set) {
        return new BarChart.Group(
                set.set() + ": " + set.description(),
                set.variants().stream()
                        .map(result -> new BarChart.Bar(
                                result.variant().description(),
                                result.samplesPerSecond(),
                                String.format(Locale.ROOT, "%,.0f", result.samplesPerSecond()),
                                result.variant() == Variant.LEARN))
                        .toList());
    }
}
