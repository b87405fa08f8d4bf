package io.freshet.server.predict;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.facts.LatestEvaluations;
import io.freshet.schemas.facts.SignsOfLife;
import io.freshet.server.metrics.ModelConditions;
import io.freshet.server.request.Datatype;
import io.freshet.server.request.InferRequest;
import io.freshet.server.request.InputTensor;
import io.freshet.server.request.RequestParameters;
import io.freshet.server.request.TensorData;
import io.freshet.server.request.UnknownKeys;
import io.freshet.server.store.ModelStore;
import io.freshet.server.store.ServedModel;
import io.freshet.server.store.StoredModels;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Would catch rows that one version of a parent predicts, in a response that names another. */
class ParentVersionTest {
    private static final String SPEC = "{name: %s, label: y, loss: mean-squared-error, features: {numeric: [a]}%s}";

    private final ModelStore store = new ModelStore();
    private final ServedModel shops = StoredModels.put(store, ModelSpec.parse(SPEC.formatted("m", ", key: k")), "K", 1);
    private final AtomicInteger published = new AtomicInteger(10);

    @Test
    void all_unknown_keys_of_a_request_have_the_same_version_of_the_parent() throws Exception {
        ModelSpec parent = ModelSpec.parse(SPEC.formatted("all", ""));
        // A version is published whenever somebody looks.
        UnknownKeyRule rule = new UnknownKeyRule(
                name -> StoredModels.put(store, parent, "", published.incrementAndGet()),
                UnknownKeys.PARENT,
                Map.of("m", "all"));
        InstantSource clock = InstantSource.system();
        ModelConditions conditions = new ModelConditions(store, new LatestEvaluations(), new SignsOfLife());
        Inference inference = new Inference(rule, name -> Set.of(), conditions, clock);

        InferResponse first = inference.infer(shops, (String) null, request());
        InferResponse second = inference.infer(shops, (String) null, request());

        assertThat(versions(first)).containsExactly(11L, 1L, 11L, 11L);
        assertThat(versions(second)).containsExactly(12L, 1L, 12L, 12L);
    }

    private static InferRequest request() throws Exception {
        return InferRequest.of(
                null,
                List.of(
                        new InputTensor("k", Datatype.BYTES, List.of(4), TensorData.texts(new String[] {
                            "new", "K", "newer", "newest"
                        })),
                        new InputTensor(
                                "a", Datatype.FP64, List.of(4), TensorData.numbers(Datatype.FP64, new double[4]))),
                List.of(),
                RequestParameters.NONE);
    }

    private static List<Long> versions(InferResponse response) {
        return List.of(0, 1, 2, 3).stream()
                .map(row -> response.rows().set(row).version())
                .toList();
    }
}
