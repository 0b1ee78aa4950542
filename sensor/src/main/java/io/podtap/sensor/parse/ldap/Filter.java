package io.podtap.sensor.parse.ldap;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.ber.Element;

/**
 * Writes a search's filter as text.
 *
 * @see "RFC 4511 section 4.5.1.7; RFC 4515 section 3"
 */
final class Filter {

  private static final int DEPTH_MAX = 64;
  private static final int LENGTH_MAX = 8 << 10;

  private Filter() {}

  static String text(Element element) {
    return cut(text(element, 0));
  }

  private static String cut(String text) {
    return text.length() > LENGTH_MAX ? text.substring(0, LENGTH_MAX) : text;
  }

  private static String text(Element element, int depth) {
    if (depth == DEPTH_MAX) {
      return "";
    }
    Payload content = element.content();
    return switch (element.tag()) {
      case 0xA0 -> all('&', content, depth);
      case 0xA1 -> all('|', content, depth);
      case 0xA2 -> "(!" + text(Element.take(content), depth + 1) + ')';
      case 0xA3 -> pair("=", content);
      case 0xA4 -> substrings(content);
      case 0xA5 -> pair(">=", content);
      case 0xA6 -> pair("<=", content);
      case 0x87 -> '(' + element.text() + "=*)";
      case 0xA8 -> pair("~=", content);
      case 0xA9 -> extensible(content);
      default -> "";
    };
  }

  /** Two at a time, as Zeek writes it: (&amp;(&amp;(a)(b))(c)). */
  private static String all(char sign, Payload content, int depth) {
    String text = content.isEmpty() ? "" : text(Element.take(content), depth + 1);
    boolean alone = true;
    while (!content.isEmpty() && text.length() < LENGTH_MAX) {
      text = "(" + sign + text + text(Element.take(content), depth + 1) + ')';
      alone = false;
    }
    return alone ? "(" + sign + text + ')' : text;
  }

  private static String pair(String sign, Payload content) {
    String name = Element.take(content).text();
    return '(' + name + sign + escaped(Element.take(content).text()) + ')';
  }

  private static String substrings(Payload content) {
    StringBuilder text = new StringBuilder("(").append(Element.take(content).text()).append('=');
    Payload parts = Element.take(content).content();
    boolean open = false;
    while (!parts.isEmpty() && text.length() < LENGTH_MAX) {
      Element part = Element.take(parts);
      text.append(part.tag() == 0x80 ? "" : "*").append(escaped(part.text()));
      open = part.tag() != 0x82;
    }
    return text.append(open ? "*" : "").append(')').toString();
  }

  /** RFC 4511: [1] rule, [2] attribute, [3] value, [4] whether parts of the name count. */
  private static String extensible(Payload content) {
    String rule = "";
    String name = "";
    String value = "";
    String whole = "";
    while (!content.isEmpty()) {
      Element part = Element.take(content);
      switch (part.tag()) {
        case 0x81 -> rule = ':' + part.text();
        case 0x82 -> name = part.text();
        case 0x83 -> value = escaped(part.text());
        case 0x84 -> whole = part.number() != 0 ? ":dn" : "";
        default -> {}
      }
    }
    return '(' + name + whole + rule + ":=" + value + ')';
  }

  private static String escaped(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '(' -> out.append("\\28");
        case ')' -> out.append("\\29");
        case '*' -> out.append("\\2a");
        case '\\' -> out.append("\\5c");
        case 0 -> out.append("\\00");
        default -> out.append(c);
      }
    }
    return out.toString();
  }
}
