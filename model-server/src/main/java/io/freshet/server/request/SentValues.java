package io.freshet.server.request;

import io.freshet.server.body.RequestExcerpt;

/** Finds values of an array in valid JSON again, so that messages quote them as sent. */
final class SentValues {
    private SentValues() {}

    /**
     * Returns a value, truncated if it is long.
     *
     * @param from where the array starts, which may be nested
     * @param index of the value, without its arrays
     */
    static String at(String json, int from, int index) {
        int at = from;
        for (int values = 0; ; values++) {
            while ("[], \n\r\t".indexOf(json.charAt(at)) >= 0) {
                at++;
            }
            int end = end(json, at);
            if (values == index) {
                return RequestExcerpt.name(json.substring(at, end));
            }
            at = end;
        }
    }

    private static int end(String json, int start) {
        int at = start + 1;
        if (json.charAt(start) == '"') {
            while (json.charAt(at) != '"') {
                at += json.charAt(at) == '\\' ? 2 : 1;
            }
            return at + 1;
        }
        while ("], \n\r\t".indexOf(json.charAt(at)) < 0) {
            at++;
        }
        return at;
    }
}
