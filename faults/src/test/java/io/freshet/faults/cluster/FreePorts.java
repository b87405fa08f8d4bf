package io.freshet.faults.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Finds ports that a process can reuse after it was killed. They are below the range of outgoing connections, so no
 * connection can take one in the meantime. No port is returned twice.
 */
public final class FreePorts {
    private static final int FROM = 20_000;
    private static final int TO = 32_000;

    private final SplittableRandom random =
            new SplittableRandom(ProcessHandle.current().pid() ^ System.nanoTime());
    private final Set<Integer> returned = new HashSet<>();

    public int next() {
        while (true) {
            int port = random.nextInt(FROM, TO);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                if (returned.add(socket.getLocalPort())) {
                    return socket.getLocalPort();
                }
            } catch (IOException e) {
                // In use; try another.
            }
        }
    }
}
