package io.freshet.cli.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AxisTest {
    @Test
    void ticks_are_round_and_show_as_many_decimals_as_they_need() {
        assertThat(labels(new Axis(0.56, 0.73, false)))
                .containsExactly("0.56", "0.58", "0.60", "0.62", "0.64", "0.66", "0.68", "0.70", "0.72");
        assertThat(labels(Axis.upTo(100_000))).containsExactly("0", "20,000", "40,000", "60,000", "80,000", "100,000");
        assertThat(labels(new Axis(-1.5, 1.5, false)))
                .containsExactly("-1.5", "-1.0", "-0.5", "0.0", "0.5", "1.0", "1.5");
        assertThat(labels(new Axis(0, 3e-5, false))).contains("0.000000", "1e-5", "2.5e-5");
        assertThat(labels(new Axis(0, 2.4e9, false))).contains("5e8", "2e9");
    }

    @Test
    void values_that_are_far_apart_are_told_apart_by_their_logarithm() {
        Axis axis = Axis.around(new double[] {300, 0.5, 2});
        assertThat(axis.logarithmic()).isTrue();
        assertThat(labels(axis)).containsExactly("0.5", "1", "2", "5", "10", "20", "50", "100", "200");
        assertThat(new Axis(1, 100, true).position(10)).isCloseTo(0.5, within(1e-12));
        assertThat(Axis.around(new double[] {300, 0, 2}).logarithmic())
                .as("0 has no logarithm")
                .isFalse();
        assertThat(Axis.around(new double[] {0.6, 0.7}).logarithmic()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0.6,0.6",
        "0,0",
        "-3,5",
        "1e-30,1e30",
        "1e300,1.7e308",
        "4e-320,1",
        "-1e12,-1e12",
        "123456789,123456790"
    })
    void every_range_has_ticks_within_it_and_room_for_its_values(double least, double most) {
        Axis axis = Axis.around(new double[] {most, least});
        assertThat(axis.ticks()).hasSizeBetween(1, 16).allSatisfy(tick -> {
            assertThat(axis.position(tick.value())).isBetween(-1e-9, 1 + 1e-9);
            assertThat(tick.label()).hasSizeBetween(1, 13);
        });
        assertThat(axis.position(least)).isBetween(0.0, 1.0);
        assertThat(axis.position(most)).isBetween(0.0, 1.0);
    }

    @Test
    void no_values_are_a_range_too() {
        assertThat(Axis.around(new double[0]).ticks()).isNotEmpty();
        assertThat(Axis.upTo(0).ticks()).isNotEmpty();
    }

    private static List<String> labels(Axis axis) {
        return axis.ticks().stream().map(Axis.Tick::label).toList();
    }
}
