package io.freshet.learning.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Would catch a parameter that is reported under the name of another. */
class CoordinateTest {
    static List<ModelSpec> specs() {
        return ModelCases.all("sgd");
    }

    @ParameterizedTest
    @MethodSource("specs")
    void every_parameter_has_a_distinct_position_in_a_layer(ModelSpec spec) {
        List<Layer> layers = spec.model().layers(spec.inputShape(), spec.outputs());
        Set<Coordinate> places = new HashSet<>();
        for (int i = 0; i < spec.parameterCount(); i++) {
            Coordinate at = spec.model().coordinate(layers, i);
            assertThat(at.row()).isBetween(0, layers.get(at.layer()).rows() - 1);
            assertThat(at.column()).isBetween(0, layers.get(at.layer()).columns() - 1);
            places.add(at);
        }
        assertThat(places).hasSize(spec.parameterCount());
    }

    /**
     * In a factorization machine, whose layers are interleaved, only the factors start away from 0, except those of the
     * bias.
     */
    @ParameterizedTest
    @MethodSource("specs")
    void parameters_start_as_their_layer_specifies(ModelSpec spec) {
        List<Layer> layers = spec.model().layers(spec.inputShape(), spec.outputs());
        float[] start = spec.model().initialParameters(spec.inputShape(), spec.outputs(), 1);
        for (int i = 0; i < start.length; i++) {
            Coordinate at = spec.model().coordinate(layers, i);
            Layer layer = layers.get(at.layer());
            boolean zero = layer.initializer().equals(Initializer.zero())
                    || layer.name().equals("factors") && at.row() == 0;
            assertThat(start[i] == 0).as("%s of %s", at, spec.model()).isEqualTo(zero);
        }
    }
}
