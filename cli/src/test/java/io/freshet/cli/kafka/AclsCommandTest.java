package io.freshet.cli.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class AclsCommandTest {
    @Test
    void the_docs_list_the_rights_of_each_role() throws Exception {
        String rights = Run.of("acls", "list").done().out();
        assertThat(Files.readString(Path.of("..", "docs", "secured-kafka.md"))).contains(rights);
    }

    @Test
    void rights_follow_the_prefix_and_the_samples_topic() {
        assertThat(Run.of("acls", "list", "--prefix=shop", "--samples=orders")
                        .done()
                        .outLines())
                .anyMatch(line -> line.matches("job +topic +orders +read"))
                .anyMatch(line -> line.matches("job +group +shop-trainer +read"))
                .noneMatch(line -> line.contains("freshet"));
    }

    @Test
    void grants_a_role_to_each_of_several_principals() {
        AclsCommand.Create create =
                CommandLine.populateCommand(new AclsCommand.Create(), "--grant=job=User:a", "--grant=job=User:b");

        assertThat(create.grants())
                .containsExactly(
                        new AclsCommand.Grant(AclRole.job, "User:a"), new AclsCommand.Grant(AclRole.job, "User:b"));
    }

    @Test
    void rejects_a_principal_without_a_type() {
        Run run = Run.of("acls", "create", "--grant", "job=me");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("me (expected: a principal, such as job=User:freshet-job)");
        assertThat(Run.of("acls", "create", "--grant", "boss=User:me").err())
                .contains("boss (expected: a role, one of job, join, server, producer, operator)");
    }
}
