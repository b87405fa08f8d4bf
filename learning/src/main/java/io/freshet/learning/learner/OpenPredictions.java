package io.freshet.learning.learner;

import io.freshet.learning.features.SampleId;
import java.util.Arrays;

/**
 * Predictions of open samples, and the labels learned of them, kept until their labels are final: up to {@link #MAXIMUM} of a model
 * key, fewer if a prediction has many numbers. Then the oldest is dropped.
 *
 * <p>Predictions lie in a log in the order in which they were added, and an index of open addressing finds them by the hash of their
 * ids. Once the arrays are large enough, adding and taking allocates nothing. Not thread-safe. Pinned by {@code
 * OpenPredictionsTest}.
 */
public final class OpenPredictions {
    public static final int MAXIMUM = 1 << 20;
    /** The largest size of all predictions in a checkpoint, but for counts. */
    public static final long MAXIMUM_BYTES = 1L << 25;

    /** The label learned of a request without a prediction: it was final, closed, dropped, or learned by an earlier state. */
    public static final float UNKNOWN = Float.POSITIVE_INFINITY;

    private static final int SMALLEST = 16;
    /** Marks a place of the log whose prediction was taken. */
    private static final float TAKEN = Float.NaN;

    private final int outputs;
    private final int maximum;
    private long[] high = {};
    private long[] low = {};
    private float[] logits = {};
    /** Weights; with the sign bit, of held-out samples. */
    private float[] weights = {};
    /** The label learned last; NaN for none. */
    private float[] learned = {};
    /** The log is [head, tail). */
    private int head;

    private int tail;
    private int size;
    /** Places in the log, plus 1; 0 for none. The length is a power of two, and twice that of the log. */
    private int[] index = {};

    private long dropped;
    private long unmatched;

    /** @param outputs logits of a prediction */
    public OpenPredictions(int outputs) {
        this(outputs, (int) Math.max(1, Math.min(MAXIMUM, MAXIMUM_BYTES / storedBytes(outputs))));
    }

    OpenPredictions(int outputs, int maximum) {
        this.outputs = outputs;
        this.maximum = maximum;
    }

    private static long storedBytes(int outputs) {
        return 2 * Long.BYTES + Float.BYTES * (2L + outputs);
    }

    /**
     * Keeps a prediction. If there is one of the same id, keeps that instead: it was made before anything of the sample was learned.
     *
     * @param prediction its logits start at 0; copied
     * @param weight finite and at least 0
     * @return its {@link #place}
     */
    public int add(SampleId id, float[] prediction, float weight, boolean heldOut) {
        int kept = place(id);
        if (kept >= 0) {
            return kept;
        }
        if (size >= maximum) {
            drop();
        }
        if (tail == weights.length) {
            makeRoom();
        }
        high[tail] = id.high();
        low[tail] = id.low();
        weights[tail] = heldOut ? -weight : weight;
        learned[tail] = Float.NaN;
        System.arraycopy(prediction, 0, logits, tail * outputs, outputs);
        tail++;
        size++;
        index[slot(id.high(), id.low())] = tail;
        return tail - 1;
    }

    /** Returns the place of the prediction of an id, until another one is added or taken; -1 if there is none. */
    public int place(SampleId id) {
        return size == 0 ? -1 : index[slot(id.high(), id.low())] - 1;
    }

    /** Returns the label that was learned last of the request at a place, or none; NaN if it was not learned, or {@link #UNKNOWN}. */
    public float learned(int place) {
        return place < 0 ? UNKNOWN : learned[place];
    }

    /** Returns the weight of the sample at a place. */
    public float weight(int place) {
        return Math.abs(weights[place]);
    }

    /** Sets the label learned of the request at a place, if there is one. */
    public void learn(int place, float label) {
        if (place >= 0) {
            learned[place] = label;
        }
    }

    /**
     * Removes the prediction of an id.
     *
     * @param prediction receives its logits, from 0
     * @return the weight of the sample, with the sign bit if it is held out; NaN, counted as unmatched, if there is none
     */
    public float take(SampleId id, float[] prediction) {
        int slot = size == 0 ? -1 : slot(id.high(), id.low());
        if (slot < 0 || index[slot] == 0) {
            unmatched++;
            return Float.NaN;
        }
        int place = index[slot] - 1;
        System.arraycopy(logits, place * outputs, prediction, 0, outputs);
        float weight = weights[place];
        remove(slot, place);
        return weight;
    }

    /** Removes all predictions; the counts continue. */
    void clear() {
        Arrays.fill(index, 0);
        head = 0;
        tail = 0;
        size = 0;
    }

    /** Returns whether a sample whose weight {@link #take} returned is held out. */
    public static boolean isHeldOut(float weight) {
        return Float.floatToRawIntBits(weight) < 0;
    }

    private void drop() {
        skipTaken();
        remove(slot(high[head], low[head]), head);
        dropped++;
    }

    private void skipTaken() {
        while (head < tail && Float.isNaN(weights[head])) {
            head++;
        }
    }

    private void remove(int slot, int place) {
        weights[place] = TAKEN;
        size--;
        removeFromIndex(slot);
        if (size == 0) {
            head = 0;
            tail = 0;
        }
    }

    /** Returns the slot of the index that has an id, or the empty one that would get it. */
    private int slot(long ofHigh, long ofLow) {
        int mask = index.length - 1;
        int slot = (int) ofLow & mask;
        while (index[slot] != 0 && !(low[index[slot] - 1] == ofLow && high[index[slot] - 1] == ofHigh)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    /** Closes the gap, so that no search ends too early. */
    private void removeFromIndex(int slot) {
        int mask = index.length - 1;
        int gap = slot;
        index[gap] = 0;
        for (int next = (gap + 1) & mask; index[next] != 0; next = (next + 1) & mask) {
            int home = (int) low[index[next] - 1] & mask;
            if (((next - home) & mask) >= ((next - gap) & mask)) {
                index[gap] = index[next];
                index[next] = 0;
                gap = next;
            }
        }
    }

    /** Moves the log to the start of its arrays, which double if it is more than half full. */
    private void makeRoom() {
        int capacity = weights.length;
        if (2L * size >= capacity) {
            capacity = Math.max(SMALLEST, 2 * capacity);
        }
        boolean grows = capacity > weights.length;
        long[] toHigh = grows ? new long[capacity] : high;
        long[] toLow = grows ? new long[capacity] : low;
        float[] toLogits = grows ? new float[capacity * outputs] : logits;
        float[] toWeights = grows ? new float[capacity] : weights;
        float[] toLearned = grows ? new float[capacity] : learned;
        int to = 0;
        for (int from = head; from < tail; from++) {
            if (!Float.isNaN(weights[from])) {
                toHigh[to] = high[from];
                toLow[to] = low[from];
                toWeights[to] = weights[from];
                toLearned[to] = learned[from];
                System.arraycopy(logits, from * outputs, toLogits, to * outputs, outputs);
                to++;
            }
        }
        high = toHigh;
        low = toLow;
        logits = toLogits;
        weights = toWeights;
        learned = toLearned;
        head = 0;
        tail = to;
        rebuildIndex();
    }

    private void rebuildIndex() {
        if (index.length == 2 * weights.length) {
            Arrays.fill(index, 0);
        } else {
            index = new int[2 * weights.length];
        }
        for (int i = 0; i < tail; i++) {
            index[slot(high[i], low[i])] = i + 1;
        }
    }

    /** Returns the number of predictions. */
    public int size() {
        return size;
    }

    /** Returns the count of predictions dropped to make room. */
    public long dropped() {
        return dropped;
    }

    /** Returns the count of final labels without a prediction. */
    public long unmatched() {
        return unmatched;
    }

    /** Returns whether nothing has been added or taken. */
    boolean isUnused() {
        return size == 0 && dropped == 0 && unmatched == 0;
    }

    /** Returns the size of the arrays in bytes. */
    long bytes() {
        return 2L * (Long.BYTES + Float.BYTES) * weights.length
                + (long) Float.BYTES * logits.length
                + (long) Integer.BYTES * index.length;
    }

    OpenPredictions copy() {
        return restored(parts(), maximum);
    }

    /**
     * The predictions in order, for checkpoints.
     *
     * @param ids high and low half of each id
     * @param logits {@code outputs} of each
     * @param weights with the sign bit for held-out samples
     * @param learned the label learned last of each
     */
    public record Parts(
            int outputs, long[] ids, float[] logits, float[] weights, long dropped, long unmatched, float[] learned) {}

    /** Returns a copy of the predictions. */
    public Parts parts() {
        long[] ids = new long[2 * size];
        float[] ofLogits = new float[size * outputs];
        float[] ofWeights = new float[size];
        float[] labels = new float[size];
        int to = 0;
        for (int i = head; i < tail; i++) {
            if (!Float.isNaN(weights[i])) {
                ids[2 * to] = high[i];
                ids[2 * to + 1] = low[i];
                ofWeights[to] = weights[i];
                labels[to] = learned[i];
                System.arraycopy(logits, i * outputs, ofLogits, to * outputs, outputs);
                to++;
            }
        }
        return new Parts(outputs, ids, ofLogits, ofWeights, dropped, unmatched, labels);
    }

    /** @throws IllegalArgumentException if the arrays do not fit each other */
    public static OpenPredictions restored(Parts parts) {
        return restored(parts, new OpenPredictions(parts.outputs()).maximum);
    }

    private static OpenPredictions restored(Parts parts, int maximum) {
        int count = parts.weights().length;
        OpenPredictions restored = new OpenPredictions(parts.outputs(), maximum);
        if (parts.ids().length != 2 * count
                || parts.logits().length != (long) count * parts.outputs()
                || parts.learned().length != count
                || count > MAXIMUM) {
            throw new IllegalArgumentException("open predictions: " + count + " (expected: up to " + MAXIMUM
                    + ", each with an id, a label, and " + parts.outputs() + " logits)");
        }
        int capacity = SMALLEST;
        while (capacity < count) {
            capacity *= 2;
        }
        restored.high = new long[capacity];
        restored.low = new long[capacity];
        for (int i = 0; i < count; i++) {
            restored.high[i] = parts.ids()[2 * i];
            restored.low[i] = parts.ids()[2 * i + 1];
        }
        restored.logits = Arrays.copyOf(parts.logits(), capacity * parts.outputs());
        restored.weights = Arrays.copyOf(parts.weights(), capacity);
        restored.learned = Arrays.copyOf(parts.learned(), capacity);
        restored.tail = count;
        restored.size = count;
        restored.dropped = parts.dropped();
        restored.unmatched = parts.unmatched();
        restored.rebuildIndex();
        return restored;
    }
}
