package io.freshet.job.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.job.KeyedStateHarness;
import io.freshet.job.learn.LearnHarness.Backend;
import java.io.DataInput;
import java.io.EOFException;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Would catch a value that is stored in one piece, whatever its size; a page that is written though it did not change, or not
 * written though it did; and pages that outlive their value.
 */
class PagesTest {
    private static final int PAGE = 64;
    private static final String STATE = "pages";
    private static final int[] SIZES = {0, 1, PAGE - 1, PAGE, PAGE + 1, 10 * PAGE, 10 * PAGE + 7, 3, 5 * PAGE};

    @ParameterizedTest
    @EnumSource(Backend.class)
    void values_of_any_size_are_read_back(Backend backend) throws Exception {
        try (KeyedStateHarness harness = new KeyedStateHarness(backend, null)) {
            Pages pages = pages(harness);
            for (int size : SIZES) {
                byte[] value = bytes(size);
                write(harness, pages, "a", value);
                assertRead(pages, "a", value);
                Map<Integer, byte[]> stored = stored(harness, "a");
                assertThat(stored).hasSizeBetween((size + PAGE - 1) / PAGE, (size + PAGE - 1) / PAGE + 1);
                assertThat(stored.values()).allMatch(page -> page.length <= PAGE);
            }
            harness.backend().setCurrentKey("a");
            pages.clear();
            assertThat(harness.entries()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void values_are_restored_without_a_change_of_the_current_key(Backend backend) throws Exception {
        try (KeyedStateHarness before = new KeyedStateHarness(backend, null)) {
            Pages pages = pages(before);
            write(before, pages, "a", bytes(1_000));
            write(before, pages, "b", bytes(2_000));
            try (KeyedStateHarness after = new KeyedStateHarness(backend, before.snapshot())) {
                Pages restored = pages(after);
                after.backend().setCurrentKey("c");
                assertRead(restored, "b", bytes(2_000));
                assertRead(restored, "a", bytes(1_000));
                assertThat(after.backend().getCurrentKey()).isEqualTo("c");
            }
        }
    }

    @Test
    void only_changed_pages_are_written() throws Exception {
        try (KeyedStateHarness harness = new KeyedStateHarness(Backend.HEAP, null)) {
            Pages pages = pages(harness);
            byte[] value = bytes(10 * PAGE + 7);
            write(harness, pages, "a", value);
            Map<Integer, byte[]> before = stored(harness, "a");

            write(harness, pages, "a", value);
            assertThat(changed(harness, before)).isEmpty();

            value[3 * PAGE]++;
            value[7 * PAGE - 1]++;
            value[value.length - 1]++;
            write(harness, pages, "a", value);
            assertThat(changed(harness, before)).containsExactly(3, 6, 10);
            assertRead(pages, "a", value);
        }
    }

    @Test
    void a_large_array_has_the_same_pages_if_what_precedes_it_grows() throws Exception {
        try (KeyedStateHarness harness = new KeyedStateHarness(Backend.HEAP, null)) {
            Pages pages = pages(harness);
            byte[] array = bytes(3 * PAGE);
            write(harness, pages, bytes(5), array);
            Map<Integer, byte[]> before = stored(harness, "a");
            write(harness, pages, bytes(9), array);
            assertThat(changed(harness, before)).containsExactly(0);
            byte[] read = new byte[9 + array.length];
            pages.read("a").readFully(read);
            assertThat(read).startsWith(bytes(9)).endsWith(array);
        }
    }

    /** Writes an array piece by piece, after other bytes. */
    private static void write(KeyedStateHarness harness, Pages pages, byte[] others, byte[] array) throws Exception {
        harness.backend().setCurrentKey("a");
        pages.write(out -> {
            out.write(others);
            for (int from = 0; from < array.length; from += PAGE) {
                out.write(array, from, PAGE);
            }
        });
    }

    private static Pages pages(KeyedStateHarness harness) {
        return new Pages(harness.backend(), harness.store(), STATE, PAGE);
    }

    /** Numbers, arrays, and single bytes, as codecs write them. */
    private static void write(KeyedStateHarness harness, Pages pages, String key, byte[] value) throws Exception {
        harness.backend().setCurrentKey(key);
        pages.write(out -> {
            int single = Math.min(value.length, 5);
            for (int i = 0; i < single; i++) {
                out.writeByte(value[i]);
            }
            out.write(value, single, value.length - single);
        });
    }

    private static void assertRead(Pages pages, String key, byte[] value) throws Exception {
        DataInput in = pages.read(key);
        byte[] read = new byte[value.length];
        in.readFully(read);
        assertThat(read).isEqualTo(value);
        assertThatThrownBy(in::readByte).isInstanceOf(EOFException.class);
    }

    private static Set<Integer> changed(KeyedStateHarness harness, Map<Integer, byte[]> before) throws Exception {
        Set<Integer> changed = new TreeSet<>();
        stored(harness, "a").forEach((number, page) -> {
            if (before.get(number) != page) {
                changed.add(number);
            }
        });
        return changed;
    }

    private static Map<Integer, byte[]> stored(KeyedStateHarness harness, String key) throws Exception {
        return StoredPages.of(harness, key, STATE);
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
