package io.freshet.cli;

import java.util.concurrent.Callable;

/** A subcommand of another module. It is part of {@code freshet} if the class path has it as a service of this type. */
public interface AddedCommand extends Callable<Integer> {}
