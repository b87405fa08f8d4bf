package io.freshet.server.http;

import io.freshet.server.metrics.ServerMetrics;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Cuts off a client of HTTP/2 that trickles a frame, or a head in several frames. It never idles, and Netty reports a frame or a
 * head only when it is complete.
 *
 * <pre>
 *   preface of 24 bytes, then frames: 3 bytes length of the payload, 1 type, 1 flags, 4 stream; payload
 * </pre>
 *
 * <p>Handles the bytes of one connection before they are decoded, on its event loop. Removes itself from a connection without the
 * preface; {@link HeadDeadline} limits the time of the preface.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113#section-4.1">RFC 9113, section 4.1</a>
 */
final class FrameDeadline extends ChannelInboundHandlerAdapter {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER_BYTES = 9;
    private static final int HEADERS = 1;
    private static final int CONTINUATION = 9;
    private static final int END_HEADERS = 4;

    private final Duration time;
    private final ServerMetrics metrics;
    private int preface;
    private int header;
    private int payload;
    private int type;
    private int flags;
    private boolean headIsOpen;
    /** The number of frames and heads that are complete, and what it was when the timer started. */
    private long completed;

    private long timed;
    private @Nullable Future<?> timer;

    /** @param time how long a frame or head may take to arrive */
    FrameDeadline(Duration time, ServerMetrics metrics) {
        this.time = time;
        this.metrics = metrics;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!read((ByteBuf) message)) {
            context.pipeline().remove(this);
            context.fireChannelRead(message);
            return;
        }
        context.fireChannelRead(message);
        if (timer != null && completed != timed) {
            stopTimer();
        }
        boolean incomplete = header > 0 || headIsOpen;
        if (incomplete && timer == null && !context.isRemoved()) {
            timed = completed;
            timer = context.executor().schedule(() -> cutOff(context), time.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Returns false if the connection does not start with the preface. */
    private boolean read(ByteBuf bytes) {
        int end = bytes.writerIndex();
        int at = bytes.readerIndex();
        while (at < end) {
            if (preface < PREFACE.length) {
                if (bytes.getByte(at++) != PREFACE[preface++]) {
                    return false;
                }
            } else if (header < HEADER_BYTES) {
                header(bytes.getUnsignedByte(at++));
            } else {
                int skipped = Math.min(payload, end - at);
                payload -= skipped;
                at += skipped;
            }
            if (header == HEADER_BYTES && payload == 0) {
                endFrame();
            }
        }
        return true;
    }

    private void header(int next) {
        switch (header++) {
            case 0, 1, 2 -> payload = payload << Byte.SIZE | next;
            case 3 -> type = next;
            case 4 -> flags = next;
            default -> {
                // The stream.
            }
        }
    }

    private void endFrame() {
        header = 0;
        if (type == HEADERS || type == CONTINUATION) {
            headIsOpen = (flags & END_HEADERS) == 0;
        }
        if (!headIsOpen) {
            completed++;
        }
    }

    private void cutOff(ChannelHandlerContext context) {
        metrics.rejected("slow");
        context.close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        stopTimer();
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
