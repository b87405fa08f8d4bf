package io.freshet.server.configuration;

import java.util.List;
import picocli.CommandLine.Model.OptionSpec;

/** A place where options can be set. */
interface OptionSource {
    /** Returns the values of an option; an empty list if the option is not set here. */
    List<Setting> settings(OptionSpec option);
}
