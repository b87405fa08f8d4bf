package io.freshet.schemas.avro;

import io.freshet.learning.evaluation.Metrics;

/** Converts metrics to and from their Avro record. */
public final class WireMetrics {
    private WireMetrics() {}

    public static io.freshet.wire.Metrics write(Metrics metrics) {
        return io.freshet.wire.Metrics.newBuilder()
                .setSamples(metrics.samples())
                .setLoss(metrics.loss())
                .setBaselineLoss(metrics.baselineLoss() == null ? Double.NaN : metrics.baselineLoss())
                .setAccuracy(metrics.accuracy())
                .setLogLoss(metrics.logLoss())
                .setAuc(metrics.auc())
                .setMae(metrics.mae())
                .setRmse(metrics.rmse())
                .setR2(metrics.r2())
                .setCalibration(metrics.calibration())
                .setIou(metrics.iou())
                .build();
    }

    public static Metrics read(io.freshet.wire.Metrics wire) {
        return new Metrics(
                wire.getSamples(),
                wire.getLoss(),
                Double.isNaN(wire.getBaselineLoss()) ? null : (Double) wire.getBaselineLoss(),
                wire.getAccuracy(),
                wire.getLogLoss(),
                wire.getAuc(),
                wire.getMae(),
                wire.getRmse(),
                wire.getR2(),
                wire.getCalibration(),
                wire.getIou());
    }
}
