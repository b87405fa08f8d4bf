package io.freshet.learning.optimizer;

/** Arithmetic on long float32 vectors. Dot products use four float64 sums, always added in the same order. */
final class Vectors {
    private Vectors() {}

    static double dot(float[] a, float[] b) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = 0;
        for (; i < a.length - 3; i += 4) {
            s0 += (double) a[i] * b[i];
            s1 += (double) a[i + 1] * b[i + 1];
            s2 += (double) a[i + 2] * b[i + 2];
            s3 += (double) a[i + 3] * b[i + 3];
        }
        for (; i < a.length; i++) {
            s0 += (double) a[i] * b[i];
        }
        return (s0 + s1) + (s2 + s3);
    }

    static double sumOfMagnitudes(float[] a) {
        double sum = 0;
        for (float x : a) {
            sum += Math.abs(x);
        }
        return sum;
    }

    /** Adds {@code factor} times a vector to {@code sum}. */
    static void add(float[] sum, float[] a, double factor) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] = (float) (sum[i] + factor * a[i]);
        }
    }

    static void scale(float[] a, double factor) {
        for (int i = 0; i < a.length; i++) {
            a[i] = (float) (a[i] * factor);
        }
    }
}
