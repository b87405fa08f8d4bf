package io.freshet.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InferTargetTest {
    @Test
    void names_a_model() {
        assertThat(InferTarget.of("/v2/models/fares/infer")).isEqualTo(new InferTarget("fares", null));
    }

    @Test
    void names_a_version() {
        assertThat(InferTarget.of("/v2/models/fares/versions/12/infer")).isEqualTo(new InferTarget("fares", "12"));
    }

    @Test
    void a_model_may_have_the_name_of_a_word_of_the_path() {
        assertThat(InferTarget.of("/v2/models/infer/infer")).isEqualTo(new InferTarget("infer", null));
        assertThat(InferTarget.of("/v2/models/versions/infer")).isEqualTo(new InferTarget("versions", null));
        assertThat(InferTarget.of("/v2/models/versions/versions/versions/infer"))
                .isEqualTo(new InferTarget("versions", "versions"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/models/infer",
                "/v2/models//infer",
                "/v2/models/fares/infer/",
                "/v2/models/fares",
                "/v2/models/fares%2F1/infer",
                "/v2/models/../infer",
                "/v2/models/fares/./infer",
                "/v2/models/fares/versions/infer",
                "/v2/models/fares/versions//infer",
                "/v2/models/fares/versions/1/2/infer",
                "/v2/models/fares/versions/.1/infer",
                "/v1/models/fares/infer"
            })
    void leaves_other_paths_to_the_router(String path) {
        assertThat(InferTarget.of(path)).isNull();
    }
}
