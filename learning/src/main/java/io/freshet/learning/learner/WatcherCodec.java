package io.freshet.learning.learner;

import io.freshet.learning.evaluation.Event;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
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
        FieldCodec.write(watcher.events(), WatcherCodec::writeEvent, out);
    }

    static Watcher read(DataInput in) throws IOException {
        LazyDetector drift = readDetector(in);
        LazyDetector divergence = readDetector(in);
        LazyDetector norm = readDetector(in);
        LazyDetector plateau = readDetector(in);
        return new Watcher(drift, divergence, norm, plateau, FieldCodec.read(WatcherCodec::readEvent, in));
    }

    private static void writeEvent(Event event, DataOutput out) throws IOException {
        out.writeByte(KINDS.indexOf(event.kind()));
        out.writeUTF(event.detector());
        out.writeLong(event.samples());
        out.writeDouble(event.before());
        out.writeDouble(event.after());
        out.writeUTF(event.action());
        FieldCodec.write(event.samplesIn(), WatcherCodec::writeOffsets, out);
    }

    private static Event readEvent(DataInput in) throws IOException {
        return new Event(
                KINDS.get(in.readByte()),
                in.readUTF(),
                in.readLong(),
                in.readDouble(),
                in.readDouble(),
                in.readUTF(),
                FieldCodec.read(WatcherCodec::readOffsets, in));
    }

    private static void writeOffsets(Event.Offsets offsets, DataOutput out) throws IOException {
        out.writeInt(offsets.partition());
        out.writeLong(offsets.first());
        out.writeLong(offsets.last());
    }

    private static Event.Offsets readOffsets(DataInput in) throws IOException {
        return new Event.Offsets(in.readInt(), in.readLong(), in.readLong());
    }

    private static void writeDetector(LazyDetector detector, DataOutput out) throws IOException {
        out.writeUTF(detector.settings());
        FlatArrays.writeDoubles(detector.state(), out);
    }

    private static LazyDetector readDetector(DataInput in) throws IOException {
        return new LazyDetector(in.readUTF(), FlatArrays.readDoubles(in));
    }
}
