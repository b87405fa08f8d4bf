package io.freshet.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.freshet.cli.kafka.TopicPlan;
import io.freshet.schemas.kafka.Topics;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Catches a field that Kubernetes or an operator does not know, and topics with other settings than those of
 * {@code freshet topics create}. The schemas are published: Kubernetes' and the Prometheus Operator's as classes, and
 * the Flink Operator's as its definition. The system property {@code freshet.crds} names a directory with more
 * definitions, such as Strimzi's, or those of the versions that a cluster runs.
 */
class ManifestsTest {
    private static final Map<String, Class<?>> KINDS = Map.of(
            "v1/ConfigMap", ConfigMap.class,
            "v1/PersistentVolumeClaim", PersistentVolumeClaim.class,
            "v1/Service", Service.class,
            "apps/v1/Deployment", Deployment.class,
            "autoscaling/v2/HorizontalPodAutoscaler", HorizontalPodAutoscaler.class,
            "batch/v1/Job", Job.class,
            "monitoring.coreos.com/v1/PodMonitor", PodMonitor.class,
            "monitoring.coreos.com/v1/ServiceMonitor", ServiceMonitor.class,
            "networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class,
            "policy/v1/PodDisruptionBudget", PodDisruptionBudget.class);

    private static final ObjectMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .annotationIntrospector(new JacksonAnnotationIntrospector() {
                /** The classes would collect unknown fields. */
                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                    return false;
                }
            })
            .build();

    /** The newest definition of the Flink Operator on Maven Central is that of 1.10, which does not know Flink 2.2. */
    private static final String NEWER_FLINK = "FlinkDeployment.spec.flinkVersion: v2_2 (expected: [";

    @Test
    void every_field_of_the_files_is_known() throws Exception {
        requireKnownFields(Manifests.files());
    }

    @ParameterizedTest
    @ValueSource(strings = {"small", "production"})
    void an_overlay_builds_with_known_fields_that_have_valid_values(String overlay) throws Exception {
        List<Map<?, ?>> resources = Manifests.overlay(overlay);
        requireKnownFields(resources);
        List<CrdSchema> schemas = schemas();
        assertThat(resources.stream().flatMap(resource -> problems(schemas, resource)))
                .filteredOn(problem -> !problem.startsWith(NEWER_FLINK))
                .isEmpty();
    }

    /** Would catch a job that any page in the browser of someone who reaches the web UI can read. */
    @Test
    void flinks_web_ui_is_read_only_and_admits_no_pages_of_other_sites() throws Exception {
        List<Map<String, Object>> configurations = Manifests.files().stream()
                .filter(resource -> "FlinkDeployment".equals(resource.get("kind")))
                .map(resource -> (Map<?, ?>) resource.get("spec"))
                .filter(spec -> spec.containsKey("flinkConfiguration"))
                .map(spec -> STRICT.convertValue(
                        spec.get("flinkConfiguration"), new TypeReference<Map<String, Object>>() {}))
                .toList();
        assertThat(configurations)
                .isNotEmpty()
                .allSatisfy(configuration -> assertThat(configuration)
                        .containsEntry("web.access-control-allow-origin", "none")
                        .containsEntry("web.submit.enable", "false")
                        .containsEntry("web.cancel.enable", "false")
                        .containsEntry("web.rescale.enable", "false"));
    }

    /** Would catch a join whose failing checkpoints no alert sees. Its deployment is a copy, named as the README says. */
    @Test
    void the_pods_of_the_trainer_and_the_join_are_monitored() throws Exception {
        assertThat(Manifests.files().stream()
                        .filter(resource -> "PodMonitor".equals(resource.get("kind")))
                        .map(resource -> STRICT.convertValue(resource, PodMonitor.class)
                                .getSpec()
                                .getSelector()
                                .getMatchExpressions()))
                .singleElement()
                .satisfies(expressions -> assertThat(expressions)
                        .singleElement()
                        .satisfies(expression ->
                                assertThat(expression.getValues()).containsExactly("freshet", "freshet-join")));
        assertThat(Files.readString(Path.of("README.md"))).contains("change the name to `freshet-join`");
    }

    @Test
    void the_schema_finds_a_misspelled_field_and_a_wrong_value() throws Exception {
        Map<?, ?> wrong = Map.of(
                "apiVersion",
                "flink.apache.org/v1beta1",
                "kind",
                "FlinkDeployment",
                "spec",
                Map.of("jobb", Map.of(), "taskManager", Map.of("replicas", "2"), "mode", "cloud"));
        assertThat(problems(schemas(), wrong))
                .contains(
                        "FlinkDeployment.spec.jobb: {} (expected: no such field)",
                        "FlinkDeployment.spec.taskManager.replicas: 2 (expected: integer)",
                        "FlinkDeployment.spec.mode: cloud (expected: [native, standalone])");
    }

    @Test
    void topics_have_the_settings_of_the_command() throws Exception {
        Map<String, Object> expected = new HashMap<>();
        for (TopicPlan plan : TopicPlan.of(Topics.of("freshet"), 4)) {
            Map<String, String> config = new HashMap<>(plan.settings());
            config.put("cleanup.policy", plan.cleanupPolicy());
            expected.put(plan.name(), Map.of("partitions", plan.partitions(), "config", config));
        }
        Map<String, Object> found = new HashMap<>();
        for (Map<?, ?> topic : Manifests.files()) {
            if ("KafkaTopic".equals(topic.get("kind"))) {
                Map<?, ?> spec = (Map<?, ?>) topic.get("spec");
                Map<String, String> config = new HashMap<>();
                ((Map<?, ?>) spec.get("config")).forEach((key, value) -> config.put(key.toString(), value.toString()));
                found.put(
                        ((Map<?, ?>) topic.get("metadata")).get("name").toString(),
                        Map.of("partitions", spec.get("partitions"), "config", config));
            }
        }
        assertThat(found).isEqualTo(expected);
    }

    private static void requireKnownFields(List<Map<?, ?>> resources) {
        assertThat(resources).isNotEmpty();
        for (Map<?, ?> resource : resources) {
            Class<?> type = KINDS.get(resource.get("apiVersion") + "/" + resource.get("kind"));
            if (type != null) {
                assertThatCode(() -> STRICT.convertValue(resource, type))
                        .as("%s", resource)
                        .doesNotThrowAnyException();
            } else {
                assertThat(resource.get("kind")).isIn("FlinkDeployment", "KafkaTopic", "KafkaUser");
            }
        }
    }

    private static Stream<String> problems(List<CrdSchema> schemas, Map<?, ?> resource) {
        return schemas.stream()
                .filter(schema -> schema.describes(resource))
                .flatMap(schema -> schema.problems(resource).stream());
    }

    private static List<CrdSchema> schemas() throws IOException {
        List<CrdSchema> schemas = new ArrayList<>();
        try (InputStream flink =
                ManifestsTest.class.getResourceAsStream("/META-INF/fabric8/flinkdeployments.flink.apache.org-v1.yml")) {
            schemas.addAll(CrdSchema.parse(new String(flink.readAllBytes(), UTF_8)));
        }
        String directory = System.getProperty("freshet.crds", "");
        if (!directory.isEmpty()) {
            try (Stream<Path> files = Files.list(Path.of(directory))) {
                for (Path file : files.toList()) {
                    schemas.addAll(CrdSchema.parse(Files.readString(file)));
                }
            }
        }
        return schemas;
    }
}
