package io.freshet.cli.tail;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MetricsTableTest {
    private final MetricsTable table = new MetricsTable(ZoneOffset.ofHours(1));

    @Test
    void begins_with_a_header_and_shows_what_applies() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("model", "delays");
        fields.put("key", "ORD");
        fields.put("total", 12_000L);
        fields.put("loss", 0.61234);
        fields.put("totalLoss", 0.65);
        fields.put("baselineLoss", 0.6931);
        fields.put("accuracy", 0.75);
        fields.put("auc", 0.8);
        fields.put("mae", null);
        fields.put("stream", "catching up: 5,000 behind");
        fields.put("behind", 5_000L);
        fields.put("rejected", 3L);
        fields.put("deadLetters", 0L);
        fields.put("events", List.of("drift at sample 11,000"));

        assertThat(table.row(0, fields).lines())
                .containsExactly(
                        "TIME      MODEL                      SAMPLES      LOSS SINCE START  CONSTANT    BEHIND"
                                + "  METRICS OF THE WINDOW",
                        "01:00:00  delays/ORD                  12,000    0.6123      0.6500    0.6931     5,000"
                                + "  accuracy 0.7500, auc 0.8000, catching up, 3 rejected, drift at sample 11,000");
        assertThat(table.row(1000, Map.of("model", "other", "total", 0L)))
                .isEqualTo("01:00:01  other                            0         -           -         -         -  ");
    }
}
