package io.freshet.job.topology;

import io.freshet.job.source.KafkaCluster;
import io.freshet.schemas.kafka.KafkaFailure;
import io.freshet.schemas.kafka.Topics;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTransactionsResult;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;

/**
 * Finds the rights that the job lacks before it starts. Without this, a running job fails at the first use of one, and restarts
 * forever, while only Flink's log says why.
 *
 * <p>Brokers say what a client may do with topics and groups that exist, and refuse to describe what it may not use at all. So a
 * right is not missed on a topic or a group that does not exist, nor one to write if the client may describe a transactional id.
 */
public final class RightsCheck {
    /** What is allowed where nothing is known. */
    private static final Set<AclOperation> ANY = EnumSet.allOf(AclOperation.class);

    private RightsCheck() {}

    /** @throws KafkaException if the trainer lacks rights, all of which it names */
    public static void require(KafkaCluster kafka, Topics topics) {
        String group = kafka.settings().get(CommonClientConfigs.GROUP_ID_CONFIG);
        List<Right> all = group == null ? JobRights.of(topics) : JobRights.of(topics, group);
        // Without the rounds topic, only models with replicas fail, and say why.
        require(
                kafka,
                all.stream()
                        .filter(right -> !right.resource().name().equals(topics.rounds()))
                        .toList());
    }

    /** @throws KafkaException if rights are missing, all of which it names */
    public static void require(KafkaCluster kafka, List<Right> rights) {
        String missing;
        try (Admin admin = Admin.create(kafka.properties(Map.of()))) {
            missing = Stream.of(ResourceType.TOPIC, ResourceType.GROUP, ResourceType.TRANSACTIONAL_ID)
                    .flatMap(type -> missing(admin, type, rights))
                    .collect(Collectors.joining("; "));
        }
        if (!missing.isEmpty()) {
            throw new KafkaException(KafkaFailure.missing(missing, kafka.settings()));
        }
    }

    private static Stream<String> missing(Admin admin, ResourceType type, List<Right> all) {
        List<Right> rights = all.stream()
                .filter(right -> right.resource().resourceType() == type)
                .toList();
        Set<String> names =
                rights.stream().map(right -> right.resource().name()).collect(Collectors.toSet());
        return allowed(admin, type, names).entrySet().stream().flatMap(resource -> {
            Set<AclOperation> allowed = answer(resource.getValue());
            return rights.stream()
                    .filter(right -> right.covers(resource.getKey()))
                    .flatMap(right -> right.operations().stream())
                    .filter(operation -> !allowed.contains(operation))
                    .map(operation -> "no right to " + Right.words(operation) + " " + Right.words(type) + " "
                            + resource.getKey());
        });
    }

    private static Map<String, KafkaFuture<Set<AclOperation>>> allowed(
            Admin admin, ResourceType type, Set<String> names) {
        Map<String, KafkaFuture<Set<AclOperation>>> allowed = new TreeMap<>();
        switch (type) {
            case TOPIC ->
                admin.describeTopics(names, new DescribeTopicsOptions().includeAuthorizedOperations(true))
                        .topicNameValues()
                        .forEach((name, topic) ->
                                allowed.put(name, topic.thenApply(it -> orAny(it.authorizedOperations()))));
            case GROUP ->
                admin.describeConsumerGroups(
                                names, new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true))
                        .describedGroups()
                        .forEach((name, group) ->
                                allowed.put(name, group.thenApply(it -> orAny(it.authorizedOperations()))));
            default -> {
                DescribeTransactionsResult transactions = admin.describeTransactions(names);
                names.forEach(
                        name -> allowed.put(name, transactions.description(name).thenApply(it -> ANY)));
            }
        }
        return allowed;
    }

    /** Older brokers do not say what is allowed. */
    private static Set<AclOperation> orAny(@Nullable Set<AclOperation> allowed) {
        return allowed == null ? ANY : allowed;
    }

    private static Set<AclOperation> answer(KafkaFuture<Set<AclOperation>> allowed) {
        try {
            return allowed.get();
        } catch (ExecutionException e) {
            // Other failures are those of whoever uses the resource.
            return e.getCause() instanceof AuthorizationException ? Set.of() : ANY;
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
