package io.freshet.server.answers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.facts.LatestEvaluations;
import io.freshet.schemas.facts.SignsOfLife;
import io.freshet.server.metrics.ModelConditions;
import io.freshet.server.predict.InferResponse;
import io.freshet.server.predict.Inference;
import io.freshet.server.predict.UnknownKeyRule;
import io.freshet.server.request.Datatype;
import io.freshet.server.request.InferRequest;
import io.freshet.server.request.InputTensor;
import io.freshet.server.request.RequestParameters;
import io.freshet.server.request.TensorData;
import io.freshet.server.request.UnknownKeys;
import io.freshet.server.store.ModelStore;
import io.freshet.server.store.ServedModel;
import io.freshet.server.store.StoredModels;
import java.io.IOException;
import java.io.StringWriter;
import java.time.InstantSource;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Would catch the fields of a row that are logged as those of another one. */
class FieldsJsonTest {
    private final ModelStore store = new ModelStore();

    @Test
    void a_vector_that_only_the_parent_has_is_logged_as_a_vector() throws Exception {
        ServedModel keyed = StoredModels.put(
                store,
                ModelSpec.parse("{name: m, label: y, key: k, loss: mean-squared-error, features: {numeric: [a]}}"),
                "K",
                1);
        StoredModels.put(
                store,
                ModelSpec.parse("{name: all, label: y, loss: mean-squared-error,"
                        + " features: {dense: [{field: emb, length: 2}]}}"),
                "",
                1);
        BitSet given = new BitSet();
        given.set(2, 6);

        InferResponse response = inference().infer(keyed, null, request(given));

        FieldsJson fields = new FieldsJson(response, LoggedFields.ALL);
        assertThat(write(fields, 0)).as("without it").isEqualTo("{\"a\":7}");
        assertThat(write(fields, 1)).isEqualTo("{\"emb\":[3,4],\"a\":7}");
        assertThat(write(fields, 2)).isEqualTo("{\"emb\":[5,6],\"a\":7}");
    }

    private static InferRequest request(BitSet given) throws Exception {
        return InferRequest.of(
                null,
                List.of(
                        new InputTensor(
                                "k", Datatype.BYTES, List.of(3), TensorData.texts(new String[] {"K", "new", "newer"})),
                        new InputTensor(
                                "emb",
                                Datatype.FP64,
                                List.of(3, 2),
                                TensorData.numbers(new double[] {0, 0, 3, 4, 5, 6}, given)),
                        new InputTensor(
                                "a", Datatype.FP64, List.of(3), TensorData.numbers(Datatype.FP64, new double[] {7, 7, 7
                                }))),
                List.of(),
                RequestParameters.NONE);
    }

    private Inference inference() {
        return new Inference(
                new UnknownKeyRule(store::model, UnknownKeys.PARENT, Map.of("m", "all")),
                name -> Set.of(),
                new ModelConditions(store, new LatestEvaluations(), new SignsOfLife()),
                InstantSource.system());
    }

    private static String write(FieldsJson fields, int row) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator to = new JsonFactory().createGenerator(text)) {
            fields.write(row, to);
        }
        return text.toString();
    }
}
