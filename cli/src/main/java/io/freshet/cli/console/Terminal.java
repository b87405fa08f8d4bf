package io.freshet.cli.console;

import java.io.Console;
import java.lang.reflect.InvocationTargetException;
import org.jspecify.annotations.Nullable;

/** The terminal that the command runs in. */
public final class Terminal {
    private Terminal() {}

    /** Returns whether input and output are a terminal, on which a line can be overwritten. */
    public static boolean isUsed() {
        return isTerminal(System.console()) && !"dumb".equals(System.getenv("TERM"));
    }

    /** Since Java 22, there is a console even if input or output is a pipe; a method that is as new tells them apart. */
    private static boolean isTerminal(@Nullable Console console) {
        if (console == null) {
            return false;
        }
        try {
            return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
        } catch (NoSuchMethodException e) {
            return true;
        } catch (IllegalAccessException | InvocationTargetException e) {
            return false;
        }
    }
}
