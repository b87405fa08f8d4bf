package io.freshet.server.access;

import io.netty.util.NetUtil;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The names by which clients may address the server: those of loopback, configured ones, and every IP address.
 *
 * <p>Whoever owns a domain can bind its name to the server's address after a browser has loaded a page from it, and the page
 * may then read what the server answers (DNS rebinding). An address cannot be bound to another one.
 */
public final class AllowedHosts {
    private static final String LOOPBACK = "localhost";

    private final Set<String> names;
    private final Set<String> configured;
    private final String bound;

    /**
     * @param configured names; one with a port is also that of a page on that port
     * @param bound the name or address that the server listens on
     */
    public AllowedHosts(Collection<String> configured, String bound) {
        names = configured.stream().map(AllowedHosts::name).collect(Collectors.toUnmodifiableSet());
        this.configured = configured.stream().map(AllowedHosts::normalized).collect(Collectors.toUnmodifiableSet());
        this.bound = normalized(bound);
    }

    /** Returns whether clients may use an authority: {@code name:port}, {@code name}, or the same with an address. */
    boolean allows(String authority) {
        String name = name(authority);
        return name.equals(LOOPBACK)
                || name.endsWith("." + LOOPBACK)
                || names.contains(name)
                || name.equals(bound)
                || NetUtil.isValidIpV4Address(name)
                || isIpV6(name);
    }

    /**
     * Returns whether a page has a configured name, and the default port, that of the request, or a configured one. Others may
     * listen on the remaining ports, and on those of the name that the server listens on.
     *
     * @param page authority of the page
     * @param host authority that the request names
     */
    boolean isConfigured(String page, String host) {
        return configured.contains(normalized(page))
                || (names.contains(name(page))
                        && (port(page).isEmpty() || port(page).equals(port(host))));
    }

    private static boolean isIpV6(String name) {
        return name.startsWith("[")
                && name.endsWith("]")
                && NetUtil.isValidIpV6Address(name.substring(1, name.length() - 1));
    }

    /** Returns the authority without its port; unchanged, and so no valid name, if something else is in its place. */
    private static String name(String authority) {
        return normalized(authority.substring(0, endOfName(authority)));
    }

    /** Returns the port with its colon, or "". */
    private static String port(String authority) {
        return authority.substring(endOfName(authority));
    }

    private static int endOfName(String authority) {
        int colon = authority.indexOf(':', authority.indexOf(']') + 1);
        return colon >= 0 && isPort(authority, colon + 1) ? colon : authority.length();
    }

    private static boolean isPort(String authority, int from) {
        for (int i = from; i < authority.length(); i++) {
            if (authority.charAt(i) < '0' || authority.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static String normalized(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
