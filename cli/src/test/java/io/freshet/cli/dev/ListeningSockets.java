package io.freshet.cli.dev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The sockets on which this process listens, as Linux lists them. */
final class ListeningSockets {
    private static final String LISTENING = "0A";
    private static final String IPV4_LOOPBACK = "0100007F";
    private static final String MAPPED_LOOPBACK = "0000000000000000FFFF0000" + IPV4_LOOPBACK;
    private static final String IPV6_LOOPBACK = "00000000000000000000000001000000";

    private ListeningSockets() {}

    static boolean areKnown() {
        return Files.isReadable(Path.of("/proc/self/net/tcp"));
    }

    /** A socket on which this process listens. */
    record Listening(String address, int port) implements Comparable<Listening> {
        boolean isLoopback() {
            return address.equals(IPV4_LOOPBACK) || address.equals(MAPPED_LOOPBACK) || address.equals(IPV6_LOOPBACK);
        }

        @Override
        public int compareTo(Listening other) {
            return Integer.compare(port, other.port);
        }
    }

    static Set<Listening> all() throws IOException {
        Set<String> own = own();
        Set<Listening> listening = new TreeSet<>();
        for (String table : new String[] {"/proc/self/net/tcp", "/proc/self/net/tcp6"}) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] fields = line.trim().split("\\s+");
                if (fields.length > 9 && fields[3].equals(LISTENING) && own.contains(fields[9])) {
                    String[] local = fields[1].split(":");
                    listening.add(new Listening(local[0], Integer.parseInt(local[1], 16)));
                }
            }
        }
        return listening;
    }

    /** Returns the inodes of this process's sockets. */
    private static Set<String> own() throws IOException {
        Set<String> inodes = new TreeSet<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                try {
                    String target = Files.readSymbolicLink(descriptor).toString();
                    if (target.startsWith("socket:[")) {
                        inodes.add(target.substring("socket:[".length(), target.length() - 1));
                    }
                } catch (NoSuchFileException e) {
                    // Closed since it was listed.
                }
            }
        }
        return inodes;
    }
}
