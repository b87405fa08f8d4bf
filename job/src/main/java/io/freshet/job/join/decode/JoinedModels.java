package io.freshet.job.join.decode;

import io.freshet.job.specs.RefusedSpec;
import io.freshet.learning.join.JoinState;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import java.util.Map;

/**
 * The models with a join.
 *
 * @param incarnations of each model, which its requests and outcomes have
 * @param refused those whose specification this version refuses: their records are rejected, and never skipped in silence
 */
record JoinedModels(List<ModelSpec> specs, List<RefusedSpec> refused, Map<String, Long> incarnations) {
    /** Returns the incarnation of one of the models. */
    long incarnation(ModelSpec spec) {
        return incarnations.getOrDefault(spec.name(), JoinState.NO_INCARNATION);
    }

    /**
     * Rejects a record for the refused models that it is for.
     *
     * @param model that it names, or "" for all
     */
    void refuse(String model, JoinRejections rejections) {
        for (RefusedSpec spec : refused) {
            if (model.isEmpty() || model.equals(spec.model())) {
                rejections.reject(spec.model(), spec.reason());
            }
        }
    }
}
