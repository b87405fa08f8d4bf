package io.freshet.cli.models;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.cli.Run;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.snapshot.ModelSpecCodec;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

/** Catches a change that is written although a job would reject it, and a change that is not printed. */
class ApplyIT extends ApplyRun {
    @Test
    void prints_a_line_for_each_changed_field() throws Exception {
        apply(SPEC);
        String changed = SPEC + "optimizer: {learningRate: 0.25}\nfrozen: true\n";

        String hash = ModelSpec.parse(changed).hash();
        assertThat(done("apply", "--dry-run", "-f", file(changed)).outLines())
                .containsExactly(
                        "model delays: would be changed (" + hash + ")",
                        "model delays: optimizer.learningRate: 0.5 -> 0.25",
                        "model delays: frozen: false -> true");
        assertThat(applied()).isEqualTo(List.of(ModelSpec.parse(SPEC)));
        assertThat(done("apply", "-f", file(changed), "--output", "json").out().strip())
                .isEqualTo("{\"model\":\"delays\",\"state\":\"changed\",\"hash\":\"" + hash + "\",\"changes\":["
                        + "{\"field\":\"optimizer.learningRate\",\"before\":0.5,\"after\":0.25},"
                        + "{\"field\":\"frozen\",\"before\":false,\"after\":true}]}");
        assertThat(applied()).isEqualTo(List.of(ModelSpec.parse(changed)));
        assertThat(apply(changed + "reset: true\n").outLines())
                .containsExactly("model delays: unchanged (" + hash + ")");
    }

    @Test
    void rejects_replicas_if_their_topic_is_missing_as_after_an_upgrade() throws Exception {
        String rounds = prefix + ".rounds";
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.deleteTopics(List.of(rounds)).all().get();
        }

        Run rejected = run("apply", "-f", file(SPEC + "replicas: 2\n"));

        assertThat(rejected.code()).isEqualTo(1);
        assertThat(rejected.err().strip())
                .isEqualTo("freshet: topic " + rounds + ": does not exist (expected: freshet topics create)");
        assertThat(applied()).isEmpty();
        done("topics", "create", "--partitions", "1");
        assertThat(apply(SPEC + "replicas: 2\n").outLines()).hasSize(1);
    }

    /** The default would be another optimizer, whose state would not fit. */
    @Test
    void a_file_without_an_optimizer_keeps_that_of_the_model() throws Exception {
        String written = "{name: clicks, label: y, features: {categorical: [c], hashBits: 4}, loss: hinge";
        apply(written + ", optimizer: {type: adagrad, learningRate: 0.01}}");

        assertThat(apply(written + "}").out()).startsWith("model clicks: unchanged (");
        assertThat(apply(written + ", clip: {norm: 5}}").outLines())
                .contains("model clicks: clip: none -> {norm=5.0}")
                .hasSize(2);
        assertThat(done("describe", "clicks").out())
                .contains("# optimizer:  adagrad, learningRate 0.01, epsilon 1.0E-8, instead of adagrad");

        done("delete", "clicks");
        assertThat(apply(written + "}").out()).startsWith("model clicks: created (");
        assertThat(done("describe", "clicks").out())
                .contains("# optimizer:  normalized-adagrad, learningRate 0.5: the");
        Run refused = run("apply", "-f", file(written + ", clip: {norm: 5}}"));
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err())
                .contains(
                        "clip.norm: 5.0 (expected: none, since optimizer normalized-adagrad never steps past a minimum);"
                                + " model clicks keeps its optimizer, normalized-adagrad, unless the file names one");
    }

    /** A version that hashed all indices stored the file of its user as hashed ones are stored now. */
    @Test
    void a_file_whose_indices_were_hashed_is_rejected_until_it_says_so() throws Exception {
        String written = "{name: news, label: y, features: {sparse: [words], hashBits: 4}, loss: hinge}";
        String hashed = written.replace("[words]", "[{field: words, hash: true}]");
        apply(hashed);

        Run rejected = run("apply", "-f", file(written));

        assertThat(rejected.code()).isEqualTo(2);
        assertThat(rejected.err())
                .startsWith("freshet: model news: features.sparse: words with hash false, was true; ")
                .contains("; features.sparse: words would move to other rows;"
                        + " {field: words, hash: true} keeps them (expected: ");
        assertThat(apply(hashed).out()).startsWith("model news: unchanged (");
        assertThat(apply(done("describe", "news").out()).out()).startsWith("model news: unchanged (");
        assertThat(done("apply", "--reset", "-f", file(written)).outLines())
                .contains(
                        "model news: features.sparse: [{field=words, hash=true}] -> [{field=words, hash=false}]",
                        "model news: starts from scratch");
        assertThat(apply(written).out()).startsWith("model news: unchanged (");
        assertThat(apply(done("describe", "news").out()).out()).startsWith("model news: unchanged (");
    }

    @Test
    void rejects_an_incompatible_change_and_writes_nothing() throws Exception {
        apply(SPEC);
        String other = SPEC.replace("delays", "other");
        String narrower = SPEC.replace("hashBits: 4", "hashBits: 3");

        Run rejected = run("apply", "-f", file(other), "-f", file(narrower));

        assertThat(rejected.code()).isEqualTo(2);
        assertThat(rejected.out()).isEmpty();
        assertThat(rejected.err())
                .startsWith("freshet: model delays: features.hashBits: ")
                .contains("features.hashBits: 3, was 4 (expected: ");
        assertThat(applied()).isEqualTo(List.of(ModelSpec.parse(SPEC)));

        assertThat(done("apply", "--reset", "-f", file(narrower)).outLines())
                .contains("model delays: features.hashBits: 4 -> 3", "model delays: starts from scratch");
        assertThat(applied().get(0).stream().reset()).isTrue();
        assertThat(apply(narrower).out()).startsWith("model delays: unchanged (");
        Run unnecessary = done("apply", "--reset", "-f", file(narrower + "holdout: 0.5\n"));
        assertThat(unnecessary.err()).startsWith("freshet: model delays: --reset: no effect");
        assertThat(apply(SPEC + "reset: true\n").out()).contains("model delays: starts from scratch");
    }

    @Test
    void replaces_a_specification_that_cannot_be_read_only_with_permission_to_reset_its_state() throws Exception {
        byte[] unknownLoss = new String(
                        new ModelSpecCodec().write(ModelSpec.parse(SPEC), 0).value(), ISO_8859_1)
                .replace("loss: binary-cross-entropy", "loss: binary-cross-entropx")
                .getBytes(ISO_8859_1);
        send(".models", List.of(new KeyedBytes("delays".getBytes(UTF_8), unknownLoss)));

        Run rejected = run("apply", "-f", file(SPEC));

        String was = "malformed: topic " + prefix + ".models, offset 0: yaml: loss";
        assertThat(rejected.code()).isEqualTo(2);
        assertThat(rejected.out()).isEmpty();
        assertThat(rejected.err())
                .startsWith("freshet: model delays: " + was)
                .contains("; whether its state fits is unknown (expected: reset: true, or --reset, to ");
        assertThat(applied()).isEmpty();
        assertThat(run("apply", "--dry-run", "--reset", "-f", file(SPEC)).out())
                .startsWith("model delays: would be replaced (");

        Run replaced = done("apply", "--reset", "-f", file(SPEC));

        assertThat(replaced.err()).isEqualTo("freshet: no job runs; the next one to start uses the change\n");
        assertThat(replaced.outLines()).hasSize(2);
        assertThat(replaced.outLines().get(0)).startsWith("model delays: replaced (");
        assertThat(replaced.outLines().get(1))
                .startsWith("model delays: was " + was)
                .endsWith("; starts from scratch if its state does not fit");
        assertThat(applied()).hasSize(1);
        assertThat(apply(SPEC).out()).startsWith("model delays: unchanged (");
    }

    @Test
    void replaces_a_damaged_record_of_replicas_and_says_that_their_states_must_fit() throws Exception {
        send(".models", List.of(new KeyedBytes("delays".getBytes(UTF_8), new byte[] {1, 2, 3})));
        String replicated = SPEC + "replicas: 2\n";

        assertThat(run("apply", "-f", file(replicated)).code()).isEqualTo(2);
        assertThat(done("apply", "--reset", "-f", file(replicated)).outLines())
                .last()
                .asString()
                .endsWith("; refused by a job whose states do not fit, until the model is deleted and applied again");
    }

    @Test
    void a_job_without_a_models_topic_reports_how_to_create_it() {
        String topic = prefix + ".missing";

        assertThatThrownBy(() -> SpecTopic.read(KafkaCluster.at(kafka.bootstrapServers()), topic, false))
                .isInstanceOf(KafkaException.class)
                .hasMessage("topic " + topic + ": does not exist (expected: freshet topics create)");
    }
}
