package io.freshet.job.topology;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.xerial.snappy.Snappy;

/**
 * Verifies the checksums of a key group in Snappy's framing format, in which Flink writes compressed state. Flink does not
 * verify them when it restores.
 *
 * <pre>
 *   key group = group number, 4 bytes, absent in a canonical savepoint | chunk ...
 *   chunk = type | length, 3 bytes, little-endian | body
 *   ff: sNaPpY        00: checksum, 4 bytes | compressed        01: checksum, 4 bytes | uncompressed
 *   checksum = ((c &gt;&gt;&gt; 15) | (c &lt;&lt; 17)) + a282ead8, c the CRC-32C of the uncompressed bytes
 * </pre>
 *
 * Pinned by {@code CompressedStateTest}.
 *
 * @see <a href="https://github.com/google/snappy/blob/main/framing_format.txt">Snappy framing format</a>
 */
final class CompressedState {
    private static final byte[] IDENTIFIER = {'s', 'N', 'a', 'P', 'p', 'Y'};
    private static final int STREAM_IDENTIFIER = 0xff;
    private static final int COMPRESSED = 0;
    private static final int UNCOMPRESSED = 1;
    private static final int CHECKSUM_BYTES = 4;
    private static final int GROUP_NUMBER_BYTES = 4;
    private static final int HEADER_BYTES = 4;
    /** Maximum uncompressed bytes of a frame. */
    private static final int MAXIMUM_FRAME = 1 << 16;

    private CompressedState() {}

    /**
     * Verifies a key group. An uncompressed one has no checksums and passes.
     *
     * @param length of the key group in bytes
     * @throws IOException if it is damaged
     */
    static void check(InputStream state, long length) throws IOException {
        InputStream in = new BufferedInputStream(state, 1 << 16);
        in.mark(GROUP_NUMBER_BYTES + HEADER_BYTES + IDENTIFIER.length);
        byte[] start = in.readNBytes((int) Math.min(length, GROUP_NUMBER_BYTES + HEADER_BYTES + IDENTIFIER.length));
        in.reset();
        int first = isStreamIdentifier(start, 0) ? 0 : GROUP_NUMBER_BYTES;
        if (!isStreamIdentifier(start, first)) {
            return;
        }
        in.skipNBytes(first);
        long remaining = length - first;
        while (remaining > 0) {
            byte[] header = in.readNBytes(HEADER_BYTES);
            int body = header.length < HEADER_BYTES
                    ? 0
                    : (header[1] & 0xff) | (header[2] & 0xff) << 8 | (header[3] & 0xff) << 16;
            remaining -= HEADER_BYTES + body;
            if (header.length < HEADER_BYTES || remaining < 0) {
                throw new IOException("ends within a frame of " + body + " bytes");
            }
            checkFrame(header[0] & 0xff, in.readNBytes(body));
        }
    }

    private static boolean isStreamIdentifier(byte[] bytes, int at) {
        return bytes.length >= at + HEADER_BYTES + IDENTIFIER.length
                && (bytes[at] & 0xff) == STREAM_IDENTIFIER
                && Arrays.equals(
                        bytes,
                        at + HEADER_BYTES,
                        at + HEADER_BYTES + IDENTIFIER.length,
                        IDENTIFIER,
                        0,
                        IDENTIFIER.length);
    }

    private static void checkFrame(int type, byte[] body) throws IOException {
        if (type == STREAM_IDENTIFIER && Arrays.equals(body, IDENTIFIER)) {
            return;
        }
        if (type != COMPRESSED && type != UNCOMPRESSED || body.length < CHECKSUM_BYTES) {
            throw new IOException("a frame of type " + type + " (expected: 0, 1 or 255)");
        }
        byte[] data = Arrays.copyOfRange(body, CHECKSUM_BYTES, body.length);
        if (type == COMPRESSED) {
            // Snappy allocates the declared length, which a changed byte could raise to 2 GiB.
            int length = Snappy.uncompressedLength(data);
            if (length < 0 || length > MAXIMUM_FRAME) {
                throw new IOException("a frame of " + length + " bytes (expected: up to " + MAXIMUM_FRAME + ")");
            }
            data = Snappy.uncompress(data);
        }
        CRC32C crc = new CRC32C();
        crc.update(data);
        int value = (int) crc.getValue();
        int expected = Integer.rotateRight(value, 15) + 0xa282ead8;
        int found = (body[0] & 0xff) | (body[1] & 0xff) << 8 | (body[2] & 0xff) << 16 | (body[3] & 0xff) << 24;
        if (found != expected) {
            throw new IOException("a frame's checksum is %08x (expected: %08x)".formatted(found, expected));
        }
    }
}
