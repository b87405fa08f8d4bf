package io.freshet.cli.chart;

/** Text as the content of an XML element. */
final class XmlText {
    private XmlText() {}

    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
