package io.freshet.server.instances;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.body.RequestException;
import io.freshet.server.store.ModelStore;
import io.freshet.server.store.ServedModel;
import io.freshet.server.store.StoredModels;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Would catch a small request that occupies a worker, because the keys of all its rows are looked up before they are counted. */
class KeySpecsTest {
    private static final ModelSpec SPEC =
            ModelSpec.parse("{name: m, label: y, key: k, loss: mean-squared-error, features: {numeric: [a]}}");
    private static final int MAXIMUM_ROWS = 3;

    private final ServedModel model = StoredModels.put(new ModelStore(), SPEC, "known", 1);
    /** How often an unknown key was looked up. */
    private final AtomicInteger unknown = new AtomicInteger();

    @Test
    void reads_no_more_rows_than_a_request_may_have() throws Exception {
        assertThat(read("[{\"k\":1},{\"k\":2},{\"k\":3}]").order()).containsExactly("a", "k");

        unknown.set(0);
        assertThatThrownBy(() -> read("[{\"k\":1},{\"k\":2},{\"k\":3},{\"k\":4},{\"k\":5}]"))
                .isInstanceOf(RequestException.class)
                .hasMessage("instances: more than 3 (expected: 1 to 3 rows)");
        assertThat(unknown).hasValue(3);
        assertThatThrownBy(() -> read("[1,2,3,4]")).hasMessageContaining("more than 3");
    }

    @Test
    void looks_a_key_up_once() throws Exception {
        read("[[0,\"known\"],[0,\"new\"],{\"k\":\"new\"}]");

        assertThat(unknown).hasValue(1);
    }

    private AnsweringSpecs read(String rows) throws IOException, RequestException {
        try (JsonParser parser = new JsonFactory().createParser(rows)) {
            parser.nextToken();
            return new KeySpecs(
                            model,
                            null,
                            any -> {
                                unknown.incrementAndGet();
                                return null;
                            },
                            MAXIMUM_ROWS)
                    .read(parser);
        }
    }
}
