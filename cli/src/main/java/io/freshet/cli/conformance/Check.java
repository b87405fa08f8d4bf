package io.freshet.cli.conformance;

/**
 * One property of a server.
 *
 * @param protocol REST or gRPC
 * @param name what a conforming server does
 * @param body returns if it does, and otherwise throws
 */
record Check(String protocol, String name, Body body) {
    interface Body {
        void run() throws Exception;
    }

    /** What came of a check; the detail says why, unless it passed. */
    record Result(Check check, String outcome, String detail) {
        static final String PASS = "pass";
        static final String FAIL = "fail";
        static final String SKIP = "skip";
    }

    /** The server does not do what it must. */
    static final class Failed extends Exception {
        private static final long serialVersionUID = 1;

        Failed(String message) {
            super(message);
        }
    }

    /** The check does not apply to the server. */
    static final class Skipped extends Exception {
        private static final long serialVersionUID = 1;

        Skipped(String message) {
            super(message);
        }
    }

    Result run() {
        try {
            body.run();
            return new Result(this, Result.PASS, "");
        } catch (Skipped e) {
            return new Result(this, Result.SKIP, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Result(this, Result.FAIL, "interrupted");
        } catch (Exception e) {
            return new Result(this, Result.FAIL, e instanceof Failed ? String.valueOf(e.getMessage()) : e.toString());
        }
    }

    static void expect(boolean holds, String actual, String expected) throws Failed {
        if (!holds) {
            throw new Failed(actual + " (expected: " + expected + ")");
        }
    }
}
