package io.freshet.faults.standby;

import io.freshet.faults.load.SampleStream;
import io.freshet.faults.oracle.TopicLog;
import io.freshet.learning.replica.RoundsMessage;
import io.freshet.learning.replica.RoundsMessage.Failed;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.snapshot.RoundsRecord;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigResource;

/** The rounds topic of a job, in which failures of models are reported to all subtasks. */
final class RoundsTopic implements RoundsMessage.Reader, AutoCloseable {
    private final String bootstrapServers;
    private final String name;
    private final TopicLog log;
    private boolean failed;

    RoundsTopic(String bootstrapServers, Topics topics) {
        this.bootstrapServers = bootstrapServers;
        name = topics.rounds();
        log = TopicLog.committed(bootstrapServers, name, SampleStream.PARTITIONS);
    }

    /** Limits the bytes of a batch of records. */
    void limit(int bytes) throws Exception {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, name);
        ConfigEntry largest = new ConfigEntry("max.message.bytes", Integer.toString(bytes));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.incrementalAlterConfigs(Map.of(topic, List.of(new AlterConfigOp(largest, AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
    }

    /** Reads new records; returns whether any record so far reports a failure. */
    boolean hasFailure() throws MalformedRecordException {
        for (ConsumerRecord<byte[], byte[]> read : log.readNew()) {
            RoundsRecord record = RoundsRecord.read(read.value());
            if (record.parts() == 1) {
                record.message(List.of(record.bytes())).readBy(this);
            }
        }
        return failed;
    }

    @Override
    public void failed(Failed model) {
        failed = true;
    }

    @Override
    public void close() {
        log.close();
    }
}
