package io.freshet.schemas;

import io.freshet.learning.evaluation.Metrics;

/** Metrics between {@code learning} and the wire. */
final class WireMetrics {
    private WireMetrics() {}

    static io.freshet.wire.Metrics write(Metrics metrics) {
        return io.freshet.wire.Metrics.newBuilder()
                .setSamples(metrics.samples())
                .setLoss(metrics.loss())
                .setBaselineLoss(metrics.baselineLoss())
                .setAccuracy(metrics.accuracy())
                .setLogLoss(metrics.logLoss())
                .setAuc(metrics.auc())
                .setMae(metrics.mae())
                .setRmse(metrics.rmse())
                .build();
    }

    static Metrics read(io.freshet.wire.Metrics wire) {
        return new Metrics(
                wire.getSamples(),
                wire.getLoss(),
                wire.getBaselineLoss(),
                wire.getAccuracy(),
                wire.getLogLoss(),
                wire.getAuc(),
                wire.getMae(),
                wire.getRmse());
    }
}
