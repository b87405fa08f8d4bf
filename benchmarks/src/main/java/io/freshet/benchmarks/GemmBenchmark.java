package io.freshet.benchmarks;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import io.freshet.learning.linalg.Gemm;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.FloatPointer;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The three matrix products of each layer of 784-512-128-10: {@link Gemm} on arrays, compared with the bare product.
 *
 * <p>The weights and their gradient are at an offset in a flat array. The bare product calls the same OpenBLAS on one
 * thread, with operands that are already off the heap.
 *
 * <pre>
 *   forward    X W        batch x in, in x out
 *   gradient   X^T dY     in x batch, batch x out
 *   backward   dY W^T     batch x out, out x in
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class GemmBenchmark {
    private static final int OFFSET = 1000;

    /** One of the three products. */
    public enum Kind {
        FORWARD,
        GRADIENT,
        BACKWARD
    }

    /** Billions of floating-point operations per second. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Rate {
        public double gigaflops;
    }

    @Param({"784x512", "512x128", "128x10"})
    public String layer = "784x512";

    @Param({"32", "256"})
    public int batch = 32;

    @Param
    public Kind kind = Kind.FORWARD;

    private boolean transposeA;
    private boolean transposeB;
    private int m;
    private int n;
    private int k;
    private int bAt;
    private int cAt;
    private float[] a = {};
    private float[] b = {};
    private float[] c = {};
    private FloatPointer bareA = new FloatPointer();
    private FloatPointer bareB = new FloatPointer();
    private FloatPointer bareC = new FloatPointer();

    @Setup
    public void prepare() {
        int x = layer.indexOf('x');
        int in = Integer.parseInt(layer.substring(0, x));
        int out = Integer.parseInt(layer.substring(x + 1));
        transposeA = kind == Kind.GRADIENT;
        transposeB = kind == Kind.BACKWARD;
        m = transposeA ? in : batch;
        n = transposeB ? in : out;
        k = transposeA ? batch : transposeB ? out : in;
        bAt = transposeA ? 0 : OFFSET;
        cAt = transposeA ? OFFSET : 0;
        SplittableRandom random = new SplittableRandom(5);
        a = numbers(m * k, random);
        b = numbers(bAt + k * n, random);
        c = numbers(cAt + m * n, random);
        bareA = new FloatPointer((long) m * k).put(a, 0, m * k);
        bareB = new FloatPointer((long) k * n).put(b, bAt, k * n);
        bareC = new FloatPointer((long) m * n);
        // Loads OpenBLAS and limits it to one thread, also for the bare product.
        gemm(new Rate());
    }

    @TearDown
    public void release() {
        bareA.close();
        bareB.close();
        bareC.close();
    }

    @Benchmark
    public float[] gemm(Rate rate) {
        Gemm.multiply(
                transposeA, transposeB, m, n, k, a, 0, transposeA ? m : k, b, bAt, transposeB ? k : n, 0, c, cAt, n);
        rate.gigaflops += 2e-9 * m * n * k;
        return c;
    }

    @Benchmark
    public FloatPointer bare(Rate rate) {
        cblas_sgemm(
                CblasRowMajor,
                transposeA ? CblasTrans : CblasNoTrans,
                transposeB ? CblasTrans : CblasNoTrans,
                m,
                n,
                k,
                1,
                bareA,
                transposeA ? m : k,
                bareB,
                transposeB ? k : n,
                0,
                bareC,
                n);
        rate.gigaflops += 2e-9 * m * n * k;
        return bareC;
    }

    private static float[] numbers(int length, SplittableRandom random) {
        float[] numbers = new float[length];
        for (int i = 0; i < length; i++) {
            numbers[i] = (float) random.nextDouble(-1, 1);
        }
        return numbers;
    }
}
