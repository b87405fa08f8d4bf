package io.freshet.cli.input;

import static io.freshet.cli.input.OutputProcess.output;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.schemas.snapshot.Draft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Would catch new contents that are lost because they cannot get their name, and incomplete ones that outlive their process. */
@Timeout(60)
class DraftIT {
    @TempDir
    Path directory;

    @Test
    void contents_that_cannot_get_their_name_are_kept_and_reported() throws Exception {
        Path taken = directory.resolve("taken.csv");

        String message = OutputProcess.run(List.of(), LosesItsName.class, taken);

        assertThat(message).startsWith(taken + ": cannot be replaced: ").contains("; the new contents are in ");
        Path kept = Path.of(message.strip().replaceFirst(".* are in ", ""));
        assertThat(kept).hasParent(directory).hasContent("new");
    }

    @Test
    void the_end_of_the_process_deletes_incomplete_contents() throws Exception {
        Path file = Files.writeString(directory.resolve("t.csv"), "x,y\n3,1\n");

        assertThat(OutputProcess.run(List.of(), LeavesDraft.class, file)).isEqualTo("left\n");

        assertThat(file).hasContent("x,y\n3,1\n");
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("t.csv", "log");
    }

    /** Writes a file whose name is taken by a folder when it is complete, and prints the message. */
    static final class LosesItsName {
        private LosesItsName() {}

        public static void main(String[] arguments) throws IOException {
            Path file = Path.of(arguments[0]);
            try (Draft draft = output(file).open()) {
                draft.out().write("new".getBytes(UTF_8));
                Files.createDirectory(file);
                draft.complete();
            } catch (IOException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    /** Ends as an interrupted command does. */
    static final class LeavesDraft {
        private LeavesDraft() {}

        public static void main(String[] arguments) throws IOException {
            Draft draft = output(Path.of(arguments[0])).open();
            draft.out().write("half".getBytes(UTF_8));
            System.out.println("left");
            System.exit(0);
        }
    }
}
