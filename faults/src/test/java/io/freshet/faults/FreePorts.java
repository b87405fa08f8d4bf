package io.freshet.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Ports that a process can come back to after it was killed: below those that the system gives to outgoing connections, so
 * that no connection takes one meanwhile, not even one that was to lead there. None is given twice.
 */
final class FreePorts {
    private static final int FROM = 20_000;
    private static final int TO = 32_000;

    private final SplittableRandom random =
            new SplittableRandom(ProcessHandle.current().pid() ^ System.nanoTime());
    private final Set<Integer> given = new HashSet<>();

    int next() {
        while (true) {
            int port = random.nextInt(FROM, TO);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                if (given.add(socket.getLocalPort())) {
                    return socket.getLocalPort();
                }
            } catch (IOException e) {
                // Taken: another one.
            }
        }
    }
}
