package io.freshet.job.publish;

/** The version of Freshet that runs, as its jar says. */
public final class FreshetVersion {
    public static final String VERSION = read();

    private FreshetVersion() {}

    private static String read() {
        String version = FreshetVersion.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
