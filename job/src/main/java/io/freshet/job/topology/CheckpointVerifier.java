package io.freshet.job.topology;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.filesystem.FileStateHandle;

/**
 * Verifies a checkpoint, as far as possible without restoring it:
 *
 * <ul>
 *   <li>its {@code _metadata} can be read to the end;
 *   <li>every file that it names exists and has its original length;
 *   <li>compressed keyed state, which contains the models, matches its checksums, one for every 64 KiB.
 * </ul>
 *
 * A changed byte is not detected in {@code _metadata} that can still be parsed, in other state, or in RocksDB's files. RocksDB
 * verifies its own checksums when it reads.
 */
final class CheckpointVerifier {
    static final String METADATA = "_metadata";

    private CheckpointVerifier() {}

    /** @throws IOException if the checkpoint is damaged; the message names the file and the damage */
    static void check(Path checkpoint) throws IOException {
        for (OperatorState operator : metadata(checkpoint).getOperatorStates()) {
            for (OperatorSubtaskState subtask : operator.getStates()) {
                for (OperatorStateHandle state : subtask.getManagedOperatorState()) {
                    checkLength(state.getDelegateStateHandle());
                }
                for (KeyedStateHandle state : subtask.getManagedKeyedState()) {
                    check(state);
                }
            }
        }
    }

    private static CheckpointMetadata metadata(Path checkpoint) throws IOException {
        Path file = new Path(checkpoint, METADATA);
        try (DataInputStream in = new DataInputStream(file.getFileSystem().open(file))) {
            return Checkpoints.loadCheckpointMetadata(
                    in, CheckpointVerifier.class.getClassLoader(), checkpoint.toString());
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            // Damaged bytes can be parsed as any length, even one larger than memory.
            throw new IOException(file + ": cannot be read: " + e, e);
        }
    }

    private static void check(KeyedStateHandle state) throws IOException {
        if (state instanceof KeyGroupsStateHandle groups) {
            checkLength(groups.getDelegateStateHandle());
            checkContents(groups);
        } else if (state instanceof IncrementalRemoteKeyedStateHandle incremental) {
            checkLength(incremental.getMetaDataStateHandle());
            for (HandleAndLocalPath file : incremental.getSharedState()) {
                checkLength(file.getHandle());
            }
            for (HandleAndLocalPath file : incremental.getPrivateState()) {
                checkLength(file.getHandle());
            }
        }
    }

    /** Verifies each key group. */
    private static void checkContents(KeyGroupsStateHandle groups) throws IOException {
        List<Long> starts = new ArrayList<>();
        groups.getGroupRangeOffsets().forEach(group -> starts.add(group.f1));
        // A group without state has no offset.
        starts.removeIf(start -> start <= 0);
        Collections.sort(starts);
        try (FSDataInputStream in = groups.openInputStream()) {
            for (int i = 0; i < starts.size(); i++) {
                long end = i + 1 < starts.size() ? starts.get(i + 1) : groups.getStateSize();
                in.seek(starts.get(i));
                CompressedState.check(in, end - starts.get(i));
            }
        } catch (IOException | RuntimeException e) {
            throw new IOException(name(groups.getDelegateStateHandle()) + ": " + e.getMessage(), e);
        }
    }

    private static void checkLength(StreamStateHandle state) throws IOException {
        if (state instanceof FileStateHandle file) {
            Path path = file.getFilePath();
            long length = path.getFileSystem().getFileStatus(path).getLen();
            if (length != file.getStateSize()) {
                throw new IOException(path + ": " + length + " bytes (expected: " + file.getStateSize() + ")");
            }
        }
    }

    private static String name(StreamStateHandle state) {
        return state instanceof FileStateHandle file ? file.getFilePath().toString() : METADATA;
    }
}
