package io.freshet.cli.train;

/** Text as the content of an XML element. */
public final class XmlText {
    private XmlText() {}

    public static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
