package io.freshet.learning.codec;

import io.freshet.learning.state.LazyDetector;
import io.freshet.learning.state.Watcher;
import io.freshet.learning.watch.Event;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Watchers as bytes, for checkpoints: settings and state of each detector, then the events of the open window. */
final class WatcherCodec {
    /** Indexed by their number on the wire. */
    private static final List<Event.Kind> KINDS = List.of(Event.Kind.DRIFT, Event.Kind.DIVERGENCE, Event.Kind.PLATEAU);

    private WatcherCodec() {}

    static void write(Watcher watcher, DataOutput out) throws IOException {
        writeDetector(watcher.drift(), out);
        writeDetector(watcher.divergence(), out);
        writeDetector(watcher.norm(), out);
        writeDetector(watcher.plateau(), out);
        out.writeInt(watcher.events().size());
        for (Event event : watcher.events()) {
            out.writeByte(KINDS.indexOf(event.kind()));
            out.writeUTF(event.detector());
            out.writeLong(event.samples());
            out.writeDouble(event.before());
            out.writeDouble(event.after());
            out.writeUTF(event.action());
            out.writeInt(event.samplesIn().size());
            for (Event.Offsets offsets : event.samplesIn()) {
                out.writeInt(offsets.partition());
                out.writeLong(offsets.first());
                out.writeLong(offsets.last());
            }
        }
    }

    static Watcher read(DataInput in) throws IOException {
        LazyDetector drift = readDetector(in);
        LazyDetector divergence = readDetector(in);
        LazyDetector norm = readDetector(in);
        LazyDetector plateau = readDetector(in);
        List<Event> events = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            events.add(new Event(
                    KINDS.get(in.readByte()),
                    in.readUTF(),
                    in.readLong(),
                    in.readDouble(),
                    in.readDouble(),
                    in.readUTF(),
                    readOffsets(in)));
        }
        return new Watcher(drift, divergence, norm, plateau, events);
    }

    private static List<Event.Offsets> readOffsets(DataInput in) throws IOException {
        List<Event.Offsets> offsets = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            offsets.add(new Event.Offsets(in.readInt(), in.readLong(), in.readLong()));
        }
        return offsets;
    }

    private static void writeDetector(LazyDetector detector, DataOutput out) throws IOException {
        out.writeUTF(detector.settings());
        FlatArrays.writeDoubles(detector.state(), out);
    }

    private static LazyDetector readDetector(DataInput in) throws IOException {
        return new LazyDetector(in.readUTF(), FlatArrays.readDoubles(in));
    }
}
