package io.freshet.learning.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.math.ThreadTeam;
import io.freshet.learning.spec.ModelSpec;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a model within the limits of a specification whose arrays for some samples are longer than arrays can be. */
class ScratchSpaceTest {
    private static final int SAMPLES = 20;

    static List<ModelSpec> specs() {
        return ModelCases.all("sgd");
    }

    @ParameterizedTest
    @MethodSource("specs")
    void no_array_is_larger_than_the_samples_need(ModelSpec spec) throws ReflectiveOperationException {
        RunningNetwork running = new RunningNetwork(spec, ModelCases.samples(spec, SAMPLES, 3));
        running.add(0, SAMPLES, Network.PREDICT);
        running.add(0, SAMPLES, 1);
        assertThat(longest(running.network)).isLessThanOrEqualTo(SAMPLES * running.network.numbersPerSample());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "features: {tokens: [t], hashBits: 4}, model: {type: sequence, steps: 4096, hidden: 128, embedding: 1},"
                        + " outputs: 1000, loss: sequence-cross-entropy",
                "features: {tokens: [t], hashBits: 4}, model: {type: sequence, steps: 58, hidden: 9000, embedding: 1},"
                        + " outputs: 1000, loss: sequence-cross-entropy",
                "features: {tokens: [t], hashBits: 4}, model: {type: sequence, cell: dense, steps: 8, hidden: 65536,"
                        + " embedding: 1}, outputs: 1000, loss: sequence-cross-entropy",
                "features: {categorical: [a, b, c, d, e, f, g, h, i, j], hashBits: 1}, loss: mean-squared-error,"
                        + " model: {type: embedding-mlp, dimension: 1024, hidden: [16384]}",
                "features: {sparse: [x], hashBits: 1}, outputs: 100000, loss: mean-squared-error, batch: full",
                "features: {sparse: [x], hashBits: 1}, outputs: 1000, loss: mean-squared-error, batch: full,"
                        + " model: {type: factorization-machine, rank: 256}",
                "features: {dense: [{field: v, length: 1048576}]}, loss: mean-squared-error, batch: full,"
                        + " model: {type: mlp, hidden: [64]}"
            })
    void the_largest_models_compute_as_many_samples_at_once_as_arrays_hold(String text) {
        assertFits(text);
    }

    /** For 256 samples, the embeddings of this many fields would be more numbers than an int counts. */
    @Test
    void a_model_of_many_embeddings_computes_as_many_samples_at_once_as_arrays_hold() {
        String fields = IntStream.range(0, 9_000).mapToObj(i -> "f" + i).collect(Collectors.joining(", "));
        assertFits("features: {categorical: [" + fields + "], hashBits: 1}, loss: mean-squared-error,"
                + " model: {type: embedding-mlp, dimension: 1024, hidden: [16]}");
    }

    /** Its samples would be summed in another order, to other bits than before. */
    @Test
    void a_batch_that_arrays_hold_is_not_split() {
        Network network = network(spec("features: {tokens: [t], hashBits: 4}, loss: sequence-cross-entropy, outputs: 2,"
                + " batch: 256, model: {type: sequence, steps: 1024, hidden: 128, embedding: 1}"));
        assertThat(network.numbersPerSample()).isEqualTo(1024 * 3 * 128);
        assertThat(network.samplesAtOnce()).isEqualTo(Network.MAXIMUM_SAMPLES);
    }

    private static ModelSpec spec(String text) {
        return ModelSpec.parse("{name: m, label: y, optimizer: {type: sgd}, " + text + "}");
    }

    private static Network network(ModelSpec spec) {
        StateLayout layout = spec.model().layout(spec.inputShape(), spec.outputs(), 0);
        return spec.model().network(spec.inputShape(), spec.outputs(), layout, spec.seed(), ThreadTeam.ALONE);
    }

    private static void assertFits(String text) {
        ModelSpec spec = spec(text);
        Network network = network(spec);
        assertThat(network.samplesAtOnce()).isBetween(1, Network.MAXIMUM_SAMPLES);
        assertThat(network.samplesAtOnce() * network.numbersPerSample()).isLessThanOrEqualTo(Network.MAXIMUM_NUMBERS);
        assertThat(network.samplesAtOnce() * (long) spec.logitCount()).isLessThanOrEqualTo(Network.MAXIMUM_NUMBERS);
    }

    /** Returns the length of the longest array of floats of an object and of the objects of this package that it refers to. */
    private static long longest(Object network) throws ReflectiveOperationException {
        return longest(network, Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    private static long longest(Object object, Set<Object> seen) throws ReflectiveOperationException {
        if (object instanceof float[] numbers) {
            return numbers.length;
        }
        long longest = 0;
        if (object instanceof Object[] array) {
            for (Object each : array) {
                longest = Math.max(longest, longest(each, seen));
            }
        } else if (object instanceof Iterable<?> several) {
            for (Object each : several) {
                longest = Math.max(longest, longest(each, seen));
            }
        } else if (object != null && object.getClass().getPackage() == Network.class.getPackage() && seen.add(object)) {
            for (Field field : object.getClass().getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                    field.setAccessible(true);
                    longest = Math.max(longest, longest(field.get(object), seen));
                }
            }
        }
        return longest;
    }
}
