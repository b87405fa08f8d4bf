package io.freshet.learning.learner;

import io.freshet.learning.learner.Watcher.Slot;
import io.freshet.learning.watch.Event;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Watchers as bytes, for checkpoints: settings and state of each detector, then the events not read yet. */
final class WatcherCodec {
    /** By their number in the bytes. */
    private static final List<Event.Kind> KINDS = List.of(Event.Kind.DRIFT, Event.Kind.DIVERGENCE, Event.Kind.PLATEAU);

    private WatcherCodec() {}

    static void write(Watcher watcher, DataOutput out) throws IOException {
        writeSlot(watcher.drift(), out);
        writeSlot(watcher.divergence(), out);
        writeSlot(watcher.norm(), out);
        writeSlot(watcher.plateau(), out);
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
        Slot drift = readSlot(in);
        Slot divergence = readSlot(in);
        Slot norm = readSlot(in);
        Slot plateau = readSlot(in);
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

    private static void writeSlot(Slot slot, DataOutput out) throws IOException {
        out.writeUTF(slot.settings());
        FlatArrays.writeDoubles(slot.state(), out);
    }

    private static Slot readSlot(DataInput in) throws IOException {
        return new Slot(in.readUTF(), FlatArrays.readDoubles(in));
    }
}
