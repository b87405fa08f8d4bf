package io.freshet.schemas.kafka;

/** The running version of Freshet, from the manifest of its jar; {@code development} outside a jar. */
public final class FreshetVersion {
    public static final String VERSION = read();

    private FreshetVersion() {}

    private static String read() {
        String version = FreshetVersion.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
