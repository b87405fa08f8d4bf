package io.freshet.job.specs;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.SpecException;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads specifications that the state of the job contains, as YAML. This version may refuse one that an earlier version
 * accepted. Then only that model is not learned.
 */
public final class StoredSpec {
    private static final Logger LOG = LoggerFactory.getLogger(StoredSpec.class);

    private StoredSpec() {}

    /** Returns a specification; null, with a message in the log, if this version refuses it. */
    public static @Nullable ModelSpec accepted(String yaml) {
        try {
            return ModelSpec.parse(yaml);
        } catch (SpecException e) {
            LOG.error("a stored specification is not used: {}\n{}", e.getMessage(), SpecException.shortened(yaml));
            return null;
        }
    }

    /** Returns the specifications that this version does not refuse. */
    public static List<ModelSpec> accepted(Collection<String> yamls) {
        return yamls.stream().map(StoredSpec::accepted).filter(Objects::nonNull).toList();
    }

    /** Returns why this version refuses a specification, or null. */
    public static @Nullable String refusal(String yaml) {
        try {
            ModelSpec.parse(yaml);
            return null;
        } catch (SpecException e) {
            return "stored specification: " + e.getMessage();
        }
    }
}
