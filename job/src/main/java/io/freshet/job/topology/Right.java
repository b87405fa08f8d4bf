package io.freshet.job.topology;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** Operations on a resource, or on all whose names start with its name. Reading and writing include describing. */
public record Right(ResourcePattern resource, List<AclOperation> operations) {
    private static final String ANY_HOST = "*";

    public static Right on(ResourceType type, String name, AclOperation... operations) {
        return new Right(new ResourcePattern(type, name, PatternType.LITERAL), List.of(operations));
    }

    public static Right onAll(ResourceType type, String start, AclOperation... operations) {
        return new Right(new ResourcePattern(type, start, PatternType.PREFIXED), List.of(operations));
    }

    /** Returns the ACLs that grant this right to a principal, such as {@code User:job}, from every host. */
    public Stream<AclBinding> grant(String principal) {
        return operations.stream()
                .map(operation -> new AclBinding(
                        resource, new AccessControlEntry(principal, ANY_HOST, operation, AclPermissionType.ALLOW)));
    }

    /** Returns whether this right is one on a resource of the same type with a name. */
    boolean covers(String name) {
        return resource.patternType() == PatternType.PREFIXED
                ? name.startsWith(resource.name())
                : name.equals(resource.name());
    }

    /** Returns the kind of the resource: topic, group, or transactional id. */
    public String kind() {
        return words(resource.resourceType());
    }

    /** Returns the name, with {@code *} at its end if it is the start of names. */
    public String name() {
        return resource.name() + (resource.patternType() == PatternType.PREFIXED ? "*" : "");
    }

    public String operationNames() {
        return operations.stream().map(Right::words).collect(Collectors.joining(", "));
    }

    static String words(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
