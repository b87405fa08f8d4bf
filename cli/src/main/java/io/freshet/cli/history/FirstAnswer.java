package io.freshet.cli.history;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.input.InputException;
import io.freshet.cli.kafka.KafkaOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The first answer of an id: the one whose prediction is joined and scored. A client that repeats a request causes further ones.
 *
 * @param later number of further answers by the same model, which the join ignores
 */
record FirstAnswer(String id, LoggedAnswer answer, int later) {
    /**
     * Finds the first answer of an id that was returned to a client, or else the first of a shadow.
     *
     * @param model that answered; null for any
     * @throws CommandException if there is none
     * @throws InputException if several models answered, and none was given
     */
    static FirstAnswer find(KafkaOptions kafka, String topic, String id, @Nullable String model)
            throws CommandException, InputException {
        List<LoggedAnswer> found = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : RecordsOfId.find(kafka, topic, id, 0)) {
            LoggedAnswer answer = LoggedAnswer.read(record);
            if (model == null || model.equals(answer.model())) {
                found.add(answer);
            }
        }
        if (found.isEmpty()) {
            throw new CommandException("id " + id + ": no answer" + (model == null ? "" : " of model " + model) + " on "
                    + topic + " (expected: one that a server logged with --log-answers, within the topic's retention)");
        }
        List<LoggedAnswer> returned =
                found.stream().filter(answer -> !answer.isShadow()).toList();
        List<LoggedAnswer> candidates = returned.isEmpty() ? found : returned;
        TreeSet<String> models = new TreeSet<>();
        candidates.forEach(answer -> models.add(answer.model()));
        if (models.size() > 1) {
            throw new InputException("--model: missing (expected: one of " + String.join(", ", models)
                    + ", which all answered id " + id + ")");
        }
        return new FirstAnswer(id, candidates.get(0), candidates.size() - 1);
    }
}
