package io.freshet.cli.kafka;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.Output;
import io.freshet.cli.console.Table;
import io.freshet.job.topology.Right;
import io.freshet.schemas.kafka.Topics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBinding;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Lists the rights that each user of a deployment needs in a secured Kafka, and grants them. */
@Command(
        name = "acls",
        description = "List and grant the rights that each user of a deployment needs in a secured Kafka.",
        subcommands = {AclsCommand.ListRights.class, AclsCommand.Create.class},
        footer = {"Examples:", "  freshet acls list", "  freshet acls create --grant job=User:trainer"})
public final class AclsCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "acls: no command (expected: list or create)");
    }

    /** The options of both subcommands. */
    static final class DeploymentOptions {
        @Mixin
        private KafkaOptions kafka = new KafkaOptions();

        @Option(names = "--samples", paramLabel = "<topic>", description = "Samples topic (default: <prefix>.samples).")
        private @Nullable String samples;

        Topics topics() {
            return kafka.topics(samples);
        }
    }

    /** Prints the rights of all roles. */
    @Command(
            name = "list",
            description = "List the fewest rights that each role needs, without asking Kafka.",
            footer = {
                "Examples:",
                "  # The rights of a deployment whose topics start with shop",
                "  freshet acls list --prefix shop"
            })
    static final class ListRights implements Callable<Integer> {
        @Mixin
        private DeploymentOptions options = new DeploymentOptions();

        @Mixin
        private Output output = new Output();

        @Override
        public Integer call() {
            List<Map<String, Object>> json = new ArrayList<>();
            Table table = new Table("ROLE", "RESOURCE", "NAME", "OPERATIONS");
            for (AclRole role : AclRole.values()) {
                for (Right right : role.rights(options.topics())) {
                    Map<String, Object> entry = new LinkedHashMap<>();
                    entry.put("role", role.name());
                    entry.put("resource", right.kind());
                    entry.put("name", right.name());
                    entry.put("operations", right.operationNames());
                    json.add(entry);
                    table.add(role.name(), right.kind(), right.name(), right.operationNames());
                }
            }
            output.print(json, table::toString);
            return 0;
        }
    }

    /** Grants roles to principals. */
    @Command(
            name = "create",
            description =
                    "Grant roles to principals. Existing ACLs stay as they are. Needs the right to alter the cluster.",
            footer = {
                "Examples:",
                "  # Let one user run the job, and another the server",
                "  freshet acls create --grant job=User:trainer --grant server=User:server"
            })
    static final class Create implements Callable<Integer> {
        @Mixin
        private DeploymentOptions options = new DeploymentOptions();

        @Mixin
        private Output output = new Output();

        @Option(
                names = "--grant",
                required = true,
                paramLabel = "<role>=<principal>",
                description =
                        "Role, one of ${COMPLETION-CANDIDATES}, and principal, such as job=User:freshet-job; may be"
                                + " repeated.",
                completionCandidates = RoleNames.class,
                converter = GrantConverter.class)
        private List<Grant> grants = new ArrayList<>();

        @Override
        public Integer call() throws CommandException {
            try (Admin admin = options.kafka.connect()) {
                for (Grant grant : grants()) {
                    create(admin, grant.role(), grant.principal());
                }
            }
            return 0;
        }

        List<Grant> grants() {
            return grants;
        }

        private void create(Admin admin, AclRole role, String principal) throws CommandException {
            for (Right right : role.rights(options.topics())) {
                List<AclBinding> acls = right.grant(principal).toList();
                String what = principal + ": " + right.operationNames() + " on " + right.kind() + " " + right.name();
                try {
                    admin.createAcls(acls).all().get();
                } catch (ExecutionException e) {
                    throw options.kafka.failure(what, e.getCause() == null ? e : e.getCause());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new CommandException("interrupted", e);
                }
                Map<String, Object> json = new LinkedHashMap<>();
                json.put("principal", principal);
                json.put("resource", right.kind());
                json.put("name", right.name());
                json.put("operations", right.operationNames());
                output.print(json, () -> what);
            }
        }
    }

    /** A role of one principal. Several principals may have the same role. */
    record Grant(AclRole role, String principal) {}

    /** Reads {@code job=User:freshet-job}. */
    static final class GrantConverter implements ITypeConverter<Grant> {
        @Override
        public Grant convert(String text) {
            int end = text.indexOf('=');
            String name = end < 0 ? text : text.substring(0, end);
            AclRole role = Arrays.stream(AclRole.values())
                    .filter(each -> each.name().equalsIgnoreCase(name))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException(
                            name + " (expected: a role, one of " + String.join(", ", new RoleNames()) + ")"));
            String principal = end < 0 ? "" : text.substring(end + 1);
            if (!principal.matches("\\w+:.+")) {
                throw new TypeConversionException(
                        principal + " (expected: a principal, such as " + role + "=User:freshet-job)");
            }
            return new Grant(role, principal);
        }
    }

    /** The names of the roles, for the help and for completion. */
    static final class RoleNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(AclRole.values()).map(AclRole::name).iterator();
        }
    }
}
