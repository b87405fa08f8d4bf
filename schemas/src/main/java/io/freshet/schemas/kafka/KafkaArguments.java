package io.freshet.schemas.kafka;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Command-line arguments for Kafka client settings, {@code --kafka.KEY=VALUE}. */
public final class KafkaArguments {
    private static final String OPTION = "--kafka";
    private static final String PREFIX = OPTION + ".";
    private static final String END_OF_OPTIONS = "--";

    private KafkaArguments() {}

    /**
     * Rewrites each {@code --kafka.KEY=VALUE} as the two arguments {@code --kafka KEY=VALUE}. Arguments after {@code --}
     * stay as they are.
     */
    public static String[] expand(String... arguments) {
        List<String> all = Arrays.asList(arguments);
        int end = all.contains(END_OF_OPTIONS) ? all.indexOf(END_OF_OPTIONS) : all.size();
        List<String> expanded = new ArrayList<>();
        for (String argument : all.subList(0, end)) {
            if (argument.startsWith(PREFIX)) {
                expanded.add(OPTION);
                expanded.add(argument.substring(PREFIX.length()));
            } else {
                expanded.add(argument);
            }
        }
        expanded.addAll(all.subList(end, all.size()));
        return expanded.toArray(String[]::new);
    }
}
