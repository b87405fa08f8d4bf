package io.freshet.benchmarks.bench;

import io.freshet.benchmarks.bench.BenchReport.SetResult;
import io.freshet.benchmarks.bench.BenchReport.VariantResult;
import io.freshet.cli.console.Table;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Prints results as text. */
final class BenchTable {
    private static final String NONE = "-";

    private BenchTable() {}

    /** Returns the table of a workload, with the ratios of each rate to those of the discarding job and of Vowpal Wabbit. */
    static String of(SetResult result) {
        Table table = new Table(
                "variant", "samples/s", "CPU µs", "broker µs", "of discard", "of vw-text", "GC", "bytes", "loss");
        Double discard = result.samplesPerSecond(Variant.DISCARD);
        Double vowpalWabbit = result.samplesPerSecond(Variant.VW_TEXT);
        for (VariantResult variant : result.variants()) {
            table.add(
                    variant.variant().option(),
                    format("%,.0f", variant.samplesPerSecond()),
                    format("%.2f", variant.cpuMicros()),
                    format("%.2f", variant.brokerCpuMicros()),
                    ratio(variant.samplesPerSecond(), discard),
                    ratio(variant.samplesPerSecond(), vowpalWabbit),
                    format("%.1f %%", variant.collectionFraction() == null ? null : variant.collectionFraction() * 100),
                    format("%,.0f", variant.allocatedBytes()),
                    format("%.4f", variant.loss()));
        }
        String title = String.format(
                Locale.ROOT,
                "%s: %,d samples of %.0f bytes (%s); %s",
                result.set(),
                result.samples(),
                result.bytesPerSample(),
                result.format(),
                result.description());
        return title + System.lineSeparator() + table + losses(result);
    }

    /** Returns how the loss of Freshet differs from those of Vowpal Wabbit, and why: equal speed is not equal quality. */
    private static String losses(SetResult result) {
        Double loss = result.loss(Variant.LEARN);
        Variant same = result.loss(Variant.VW_TEXT) == null ? Variant.VW_CACHE : Variant.VW_TEXT;
        return loss == null
                ? ""
                : difference(loss, same, result.loss(same), result.lossDifference())
                        + difference(
                                loss,
                                Variant.VW_DEFAULTS,
                                result.loss(Variant.VW_DEFAULTS),
                                "Another optimizer and rate.");
    }

    private static String difference(double loss, Variant peer, @Nullable Double ofPeer, String reason) {
        if (ofPeer == null) {
            return "";
        }
        return String.format(
                Locale.ROOT,
                "%sloss of learn: %.4f, %.4f %s that of %s. %s",
                System.lineSeparator(),
                loss,
                Math.abs(loss - ofPeer),
                loss > ofPeer ? "above" : "below",
                peer.option(),
                reason);
    }

    /** Returns the table of the settings in which freshness was measured. */
    static String of(List<Freshness.Result> results) {
        Table table = new Table("lane", "publish", "checkpoints", "p50", "p99", "maximum");
        for (Freshness.Result result : results) {
            table.add(
                    result.lane(),
                    result.publish(),
                    format("%.0f ms", (double) result.checkpointMillis()),
                    format("%.1f ms", result.p50Millis()),
                    format("%.1f ms", result.p99Millis()),
                    format("%.1f ms", result.maximumMillis()));
        }
        return String.format(
                        Locale.ROOT,
                        "freshness: from produced to predicted, %,d samples per second",
                        results.get(0).samplesPerSecond())
                + System.lineSeparator()
                + table;
    }

    private static String ratio(double rate, @Nullable Double base) {
        return format("%.2f", base == null ? null : rate / base);
    }

    private static String format(String pattern, @Nullable Double value) {
        return value == null ? NONE : String.format(Locale.ROOT, pattern, value);
    }
}
